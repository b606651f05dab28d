"""VLC, CosineCls, RouterDC and ZOOTER: an encoder that is trained together with its head.

Heads, losses, optimiser and schedule as published (VL-RouterBench, arXiv 2512.23562; RouterDC, arXiv 2409.19886;
ZOOTER, arXiv 2311.08692). With the small encoder the learning rate and the number of epochs are larger, since nothing
is pre-trained; everything else is the same.
"""

import copy
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from routegrid_exec import DoNotRetry
from torch import nn

from . import losses
from .encoders import encoder
from .labels import cost_bounds, rank_score, soft_labels

HALF = ((0.5,) * 3, (0.5,) * 3)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class LinearHead(nn.Module):
    def __init__(self, width, models):
        super().__init__()
        self.layers = nn.Sequential(nn.Dropout(0.1), nn.Linear(width, models))

    def forward(self, features):
        return self.layers(features)


class CosineHead(nn.Module):
    """exp(s) cos(x, v_k), s from log(1/0.07)."""

    def __init__(self, width, models):
        super().__init__()
        self.models = nn.Parameter(torch.randn(models, width) / math.sqrt(width))
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, features):
        return self.scale.exp() * F.normalize(features, dim=1) @ F.normalize(self.models, dim=1).T


class EndToEnd:
    """Trains on pictures and questions; `samples` are rows of the data set with `question` and `image`.

    Arguments: weight (of costs in the soft labels, 0) and scale (100); encoder (small, or published); rate; epochs.
    """

    head = LinearHead
    normalisation = HALF
    rate = 5e-5
    small_rate = 1e-3
    batch, epochs, small_epochs, patience = 16, 5, 20, 2
    warm_up = False
    keeps_unanswered = False  # rows that no model answers correctly
    dev_share = 0.1

    def loss(self, logits, labels, groups):
        raise NotImplementedError

    def fit(self, x, quality, cost, samples=None, seed=0, arguments=None, **more):
        if not samples:
            raise DoNotRetry("it trains on pictures and questions: the grid names them by inputs: FILE.zip")
        arguments = dict(arguments or {})
        name = arguments.pop("encoder", "small")
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.encoder = encoder(name, self.normalisation)
        self.net = nn.ModuleList([self.encoder, self.head(self.encoder.width, quality.shape[1])]).to(self.device)
        rate = float(arguments.pop("rate", self.small_rate if name == "small" else self.rate))
        epochs = int(arguments.pop("epochs", self.small_epochs if name == "small" else self.epochs))
        weight, scale = float(arguments.pop("weight", 0)), float(arguments.pop("scale", 100))
        if arguments:
            raise DoNotRetry(f"arguments: {sorted(arguments)[0]!r}: expected encoder, rate, epochs, weight or scale")

        generator = np.random.default_rng(seed)
        order = generator.permutation(len(samples))
        dev, train = np.split(order, [int(len(order) * self.dev_share)])
        if not self.keeps_unanswered:
            train = train[(np.nan_to_num(quality[train]) > 0).any(axis=1)]
        targets = soft_labels(quality, cost, weight, scale)
        labels = torch.from_numpy(targets).float()
        groups = torch.from_numpy(clusters(targets, generator))
        prepared = self.encoder.prepare(samples)
        bounds = cost_bounds(cost)

        optimiser = torch.optim.AdamW(self.net.parameters(), lr=rate, weight_decay=0.01)
        steps = epochs * math.ceil(len(train) / self.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: self.share(step, steps))
        best, kept, waited = -1.0, None, 0
        for epoch in range(epochs):
            self.net.train()
            for rows in np.array_split(generator.permutation(train), math.ceil(len(train) / self.batch)):
                loss = self.loss(self.logits(prepared, rows), labels[rows].to(self.device), groups[rows].to(self.device))
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
                optimiser.step()
                schedule.step()
            score = rank_score(self.choices(prepared, dev), quality[dev], cost[dev], bounds) if len(dev) else epoch
            print(f"epoch {epoch + 1}/{epochs}: dev Rank Score {score:.4f}", file=sys.stderr)
            if score > best:
                best, kept, waited = score, copy.deepcopy(self.net.state_dict()), 0
            else:
                waited += 1
                if waited > self.patience:
                    break
        self.net.load_state_dict(kept)
        return self

    def share(self, step, steps):
        """Of the learning rate: a linear rise over the first tenth, then a linear fall, where the router has one."""
        if not self.warm_up:
            return 1.0
        rise = steps // 10
        return step / rise if step < rise else (steps - step) / max(steps - rise, 1)

    def logits(self, prepared, rows):
        inputs = [part.to(self.device) for part in self.encoder.batch(prepared, rows)]
        return self.net[1](self.encoder(*inputs))

    def choices(self, prepared, rows):
        self.net.eval()
        with torch.no_grad():
            found = [
                self.logits(prepared, part).argmax(dim=1).cpu().numpy()
                for part in np.array_split(rows, math.ceil(len(rows) / 256))
            ]
        return np.concatenate(found)

    def predict(self, x, samples, **more):
        return self.choices(self.encoder.prepare(samples), np.arange(len(samples)))


class VLC(EndToEnd):
    normalisation = IMAGENET

    def loss(self, logits, labels, groups):
        return losses.soft_cross_entropy(logits, labels)


class ZOOTER(EndToEnd):
    normalisation = IMAGENET
    rate = 1e-5
    keeps_unanswered = True

    def loss(self, logits, labels, groups):
        return losses.divergence(logits, labels)


class CosineCls(EndToEnd):
    head = CosineHead
    warm_up = True

    def loss(self, logits, labels, groups):
        return losses.soft_cross_entropy(logits, labels)


class RouterDC(EndToEnd):
    head = CosineHead
    warm_up = True

    def loss(self, logits, labels, groups):
        return losses.sample_to_model(logits, labels) + losses.sample_to_sample(logits, groups)


def clusters(labels, generator, count=5, rounds=50):
    """The group of each row: k-means of the soft labels."""
    centres = labels[generator.choice(len(labels), size=min(count, len(labels)), replace=False)]
    for _ in range(rounds):
        distance = ((labels[:, None, :] - centres[None]) ** 2).sum(axis=2)
        group = distance.argmin(axis=1)
        moved = np.array([
            labels[group == one].mean(axis=0) if (group == one).any() else centres[one] for one in range(len(centres))
        ])
        if np.array_equal(moved, centres):
            break
        centres = moved
    return group
