#!/usr/bin/env python3
"""Logistic regression of every model's answer, right or wrong, on the embeddings, with scikit-learn; of arguments, c=1.

    routegrid run GRID --allow-exec logistic=jobs/routers/logistic.py
with {kind: exec, command: logistic, version: "1", arguments: [c=0.1, c=1]}; its python3 needs scikit-learn and numpy.
"""

import numpy
import routegrid_exec
from sklearn.linear_model import LogisticRegression


class Logistic:
    """The probability that a model is right (a quality above one half); its cost is the mean of the train part."""

    def fit(self, x, quality, cost, **more):
        if numpy.isnan(cost).all(axis=0).any():
            raise routegrid_exec.DoNotRetry("a model without any outcome in the train part")
        c = float(more["arguments"].get("c", 1))
        self.cost = numpy.nanmean(cost, axis=0)
        self.models = []
        for answers in quality.T:
            known = ~numpy.isnan(answers)
            right = answers[known] > 0.5
            if right.all() or not right.any():
                self.models.append(float(right[0]))
            else:
                self.models.append(LogisticRegression(C=c, max_iter=1000).fit(x[known], right))

    def predict(self, x, **more):
        columns = [
            numpy.full(len(x), model) if isinstance(model, float) else model.predict_proba(x)[:, 1] for model in self.models
        ]
        return numpy.stack(columns, axis=1), numpy.tile(self.cost, (len(x), 1))


if __name__ == "__main__":
    routegrid_exec.run(Logistic)
