"""The exact threshold sweep in numpy, incremental: one sort of all predicted costs and running sums of what changes."""

import numpy as np


def sweep(perf, cost, quality, price):
    """Operating points at every distinct predicted cost, ascending: (threshold, mean cost, accuracy).

    A query gets its best predicted quality among the models of predicted cost at most the threshold, the first model
    when it can afford none. Equal to a pass over all thresholds, up to the order of sums.
    """
    rows = np.arange(len(perf))[:, None]
    order = np.argsort(cost, axis=1, kind="stable")
    ranked, costs = perf[rows, order], cost[rows, order]
    best = np.maximum.accumulate(ranked, axis=1)
    changes = np.ones(perf.shape, bool)
    changes[:, 1:] = ranked[:, 1:] > best[:, :-1]
    place = np.maximum.accumulate(np.where(changes, np.arange(perf.shape[1]), 0), axis=1)
    chosen = order[rows, place]
    before = np.concatenate([np.zeros((len(perf), 1), int), chosen[:, :-1]], axis=1)
    gain, spent = quality[rows, chosen] - quality[rows, before], price[rows, chosen] - price[rows, before]
    events = costs.ravel()
    walk = np.argsort(events, kind="stable")
    events = events[walk]
    last = np.append(events[1:] != events[:-1], True)
    accuracy = (quality[:, 0].sum() + np.cumsum(gain.ravel()[walk]))[last] / len(perf)
    mean = (price[:, 0].sum() + np.cumsum(spent.ravel()[walk]))[last] / len(perf)
    return events[last], mean, accuracy


def nauc(mean, accuracy):
    """Area below the Pareto points over their own range, divided by that range."""
    order = np.lexsort((-accuracy, mean))
    mean, accuracy = mean[order], accuracy[order]
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(accuracy)[:-1]])
    mean, accuracy = mean[accuracy > reached], accuracy[accuracy > reached]
    if len(mean) < 2:
        return float("nan")
    return float(np.trapezoid(accuracy, mean) / (mean[-1] - mean[0]))
