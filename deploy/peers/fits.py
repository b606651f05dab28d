"""Routers as their papers' code fits them with scikit-learn. Each fit returns what predicts: features → outputs."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import NearestNeighbors


def linear(x, quality, cost):
    models = [MultiOutputRegressor(LinearRegression()).fit(x, y) for y in (quality, cost)]
    return lambda asked: tuple(model.predict(asked) for model in models)


def linearmf(x, quality, cost, rank=128):
    svd = TruncatedSVD(n_components=min(rank, *x.shape), random_state=42)
    reduced = svd.fit_transform(x)
    models = [MultiOutputRegressor(Ridge(alpha=1.0)).fit(reduced, y) for y in (quality, cost)]
    return lambda asked: tuple(model.predict(svd.transform(asked)) for model in models)


def knn(x, quality, cost):
    search = NearestNeighbors(n_neighbors=50, metric="cosine").fit(x)

    def predict(asked):
        _, near = search.kneighbors(asked)
        return np.nanmean(quality[near], axis=1), np.nanmean(cost[near], axis=1)

    return predict


def kmeans(x, quality, cost):
    model = KMeans(n_clusters=20, random_state=42, n_init="auto").fit(x)
    labels = model.labels_
    means = [np.stack([np.nanmean(y[labels == c], axis=0) for c in range(20)]) for y in (quality, cost)]

    def predict(asked):
        found = model.predict(asked)
        return means[0][found], means[1][found]

    return predict


def soft_labels(quality, cost, power=100.0, scale=1.0):
    """Rows that some model answers, and their distribution over those models."""
    kept = np.flatnonzero((quality == 1).any(axis=1))
    logits = np.where(quality[kept] == 1, -power * scale * cost[kept], -np.inf)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return kept, weights / weights.sum(axis=1, keepdims=True)
