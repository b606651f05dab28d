#!/usr/bin/env python3
"""Recomputes the losses on a fixed batch in float64 with loops, and compares: python3 -m end_to_end.check_losses."""

import math

import numpy as np
import torch

from . import losses
from .labels import soft_labels

TOLERANCE = 1e-5


def softmax(row):
    total = sum(math.exp(value) for value in row)
    return [math.exp(value) / total for value in row]


def cross_entropy(logits, labels):
    rows = [-sum(t * math.log(p) for t, p in zip(t, softmax(z))) for z, t in zip(logits, labels)]
    return sum(rows) / len(rows)


def entropy(labels):
    return -sum(t * math.log(t) for row in labels for t in row if t > 0) / len(labels)


def sample_to_model(logits, labels):
    total = 0
    for z, t in zip(logits, labels):
        chosen = [j for j in sorted(range(len(t)), key=lambda j: (-t[j], j))[:3] if t[j] > 0]
        total -= math.log(sum(math.exp(z[j]) for j in chosen) / sum(math.exp(value) for value in z))
    return total / len(logits)


def sample_to_sample(logits, groups):
    directions = [[value / math.sqrt(sum(v * v for v in row)) for value in row] for row in logits]
    found = []
    for i, mine in enumerate(groups):
        force = {j: math.exp(sum(a * b for a, b in zip(directions[i], directions[j]))) for j in range(len(groups)) if j != i}
        same = [force[j] for j in force if groups[j] == mine]
        if same:
            found.append(-math.log(sum(same) / sum(force.values())))
    return sum(found) / len(found)


def labels_by_loops(quality, cost, weight, scale):
    labels = []
    for q, c in zip(quality, cost):
        right = [j for j in range(len(q)) if q[j] > 0]
        if not right:
            row = [float(j == min(range(len(c)), key=lambda k: c[k])) for j in range(len(c))]
        else:
            force = [math.exp(-weight * scale * (c[j] - min(c[k] for k in right))) if j in right else 0 for j in range(len(q))]
            row = [value / sum(force) for value in force]
        labels.append(row)
    return labels


def main():
    generator = np.random.default_rng(7)
    quality = (generator.random((16, 6)) < 0.5).astype(float)
    quality[3] = 0
    cost = generator.random((16, 6)) * 0.01
    logits = generator.normal(size=(16, 6)) * 3
    groups = generator.integers(0, 5, size=16)
    labels = soft_labels(quality, cost, 10, 100)
    z, t = torch.from_numpy(logits).float(), torch.from_numpy(labels).float()
    g = torch.from_numpy(groups)
    pairs = {
        "soft labels": (labels, np.array(labels_by_loops(quality, cost, 10, 100))),
        "VLC, CosineCls": (losses.soft_cross_entropy(z, t), cross_entropy(logits, labels)),
        "ZOOTER": (losses.divergence(z, t), cross_entropy(logits, labels) - entropy(labels)),
        "RouterDC, sample to model": (losses.sample_to_model(z, t), sample_to_model(logits, labels)),
        "RouterDC, sample to sample": (losses.sample_to_sample(z, g), sample_to_sample(logits, groups)),
    }
    wrong = 0
    for name, (found, expected) in pairs.items():
        difference = float(np.abs(np.asarray(found, dtype=float) - expected).max())
        wrong += not difference <= TOLERANCE
        print(f"{name:28} differs by {difference:.1e}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
