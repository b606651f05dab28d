"""Soft labels of a query: which models should answer it (VL-RouterBench, arXiv 2512.23562)."""

import numpy as np


def soft_labels(quality, cost, weight, scale=100.0):
    """[n, K] float64: exp(-weight*scale*cost) over the correct models of a row, normalised.

    weight 0 is uniform over the correct models, infinity the cheapest correct one. A row without a correct model is
    one-hot on its cheapest model. A missing outcome (NaN) counts as wrong, a missing cost as infinite.
    """
    right = np.nan_to_num(quality, nan=0.0) > 0
    price = np.where(np.isnan(cost), np.inf, cost)
    lost = ~right.any(axis=1)
    labels = np.zeros(price.shape)
    if np.isinf(weight):
        labels[np.arange(len(price)), np.where(right, price, np.inf).argmin(axis=1)] = 1
    else:
        logits = np.where(right & np.isfinite(price), -weight * scale * np.where(np.isfinite(price), price, 0), -np.inf)
        logits[lost] = 0
        logits -= logits.max(axis=1, keepdims=True)
        labels = np.exp(logits)
        labels /= labels.sum(axis=1, keepdims=True)
    labels[lost] = 0
    labels[lost, price[lost].argmin(axis=1)] = 1
    return labels


def rank_score(choice, quality, cost, bounds, beta=0.1):
    """Accuracy and the logarithm of the mean cost, combined (RouterArena; VL-RouterBench)."""
    rows = np.arange(len(choice))
    accuracy = np.nan_to_num(quality[rows, choice]).mean()
    least, most = (np.log2(bound) for bound in bounds)
    spent = np.log2(np.clip(np.nanmean(cost[rows, choice]), *bounds))
    saved = np.clip((most - spent) / (most - least + 1e-12), 0, 1)
    return (1 + beta) * accuracy * saved / (beta * accuracy + saved + 1e-12)


def cost_bounds(cost):
    """Mean of the positive costs of the cheapest and of the dearest model."""
    means = np.nanmean(np.where(cost > 0, cost, np.nan), axis=0)
    return np.nanmin(means), np.nanmax(means)
