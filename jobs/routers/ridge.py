#!/usr/bin/env python3
"""Ridge regression of every model's quality and cost on the embeddings: an example of a router of one's own.

    routegrid run GRID --allow-exec ridge=jobs/routers/ridge.py     with {kind: exec, command: ridge, version: "1"}
"""

import numpy

import routegrid_exec


class Ridge:
    """Minimises |x w - y|^2 + l2 |w|^2 with both centred; missing outcomes are taken as their model's mean."""

    l2 = 1.0

    def fit(self, x, quality, cost, **more):
        targets = numpy.hstack([quality, cost])
        counts = (~numpy.isnan(targets)).sum(axis=0)
        if not counts.all():
            raise routegrid_exec.DoNotRetry("a model without any outcome in the train part")
        means = numpy.nansum(targets, axis=0) / counts
        targets = numpy.where(numpy.isnan(targets), means, targets)
        x = x.astype(numpy.float64)
        self.centre, self.means = x.mean(axis=0), targets.mean(axis=0)
        x = x - self.centre
        gram = x.T @ x + self.l2 * numpy.eye(x.shape[1])
        self.weights = numpy.linalg.solve(gram, x.T @ (targets - self.means))

    def predict(self, x, **more):
        both = (x.astype(numpy.float64) - self.centre) @ self.weights + self.means
        return tuple(numpy.hsplit(both, 2))


if __name__ == "__main__":
    routegrid_exec.run(Ridge)
