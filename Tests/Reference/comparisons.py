"""Makes Tests/AggregatorTests/Golden/comparisons.json: paired bootstraps of two choosers, by numpy alone, and p-values of
McNemar's test by SciPy.

    python3 Tests/Reference/comparisons.py > Tests/AggregatorTests/Golden/comparisons.json

Run with Python 3.11, numpy 2.4.6 and SciPy 1.17.1. Nothing of RouteGrid is used.
"""
import json
import sys

import numpy as np
from scipy.stats import binomtest

ITEMS, MODELS, REPLICATES = 400, 3, 100_000
rng = np.random.default_rng(20261130)

group = np.repeat(np.arange(100), 4)
ease = rng.normal(size=100)[group]
quality = (rng.random((ITEMS, MODELS)) < 1 / (1 + np.exp(-(ease[:, None] + np.array([-0.6, 0.1, 0.7]))))).astype(int)
cost = np.round(np.array([1.0, 4.0, 9.0]) * (0.5 + rng.random((ITEMS, MODELS))), 4)
a = rng.integers(0, 3, ITEMS)
b = np.where(rng.random(ITEMS) < 0.6, a, np.minimum(a + 1, 2))
rows = np.arange(ITEMS)


def bootstrap(clusters):
    """Percentiles of a less b over Poisson(1) weights of the clusters."""
    count = clusters.max() + 1
    columns = [quality[rows, a] - quality[rows, b], cost[rows, a] - cost[rows, b], np.ones(ITEMS)]
    sums = np.stack([np.bincount(clusters, weights=x, minlength=count) for x in columns])
    found = []
    for _ in range(REPLICATES // 1_000):
        drawn = sums @ rng.poisson(1.0, (count, 1_000))
        found.append(drawn[:2] / drawn[2])
    found = np.concatenate(found, axis=1)
    return [
        {"lo": float(np.quantile(x, 0.025)), "hi": float(np.quantile(x, 0.975)), "sd": float(x.std(ddof=1))} for x in found
    ]


only_a = int(((quality[rows, a] == 1) & (quality[rows, b] == 0)).sum())
only_b = int(((quality[rows, a] == 0) & (quality[rows, b] == 1)).sum())
pairs = [(only_a, only_b), (0, 1), (0, 5), (3, 10), (10, 10), (12, 25), (40, 71), (200, 260), (480, 519), (900, 1_100)]
json.dump(
    {
        "group": group.tolist(), "quality": quality.tolist(), "cost": cost.tolist(),
        "a": a.tolist(), "b": b.tolist(), "only_a": only_a, "only_b": only_b,
        "accuracy": float((quality[rows, a] - quality[rows, b]).mean()),
        "mean_cost": float((cost[rows, a] - cost[rows, b]).mean()),
        "by_item": bootstrap(rows), "by_group": bootstrap(group),
        "mcnemar": [[x, y, float(binomtest(x, x + y, 0.5).pvalue)] for x, y in pairs],
    },
    sys.stdout,
)
print()
