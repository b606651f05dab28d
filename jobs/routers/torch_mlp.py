#!/usr/bin/env python3
"""One hidden layer from the embeddings to every model's quality, in PyTorch; of arguments, hidden=64 and epochs=60.

    routegrid run GRID --allow-exec torch-mlp=jobs/routers/torch_mlp.py
with {kind: exec, command: torch-mlp, version: "1", arguments: [hidden=32, hidden=64]}; its python3 needs torch and numpy.
On a GPU (resources: {gpus: 1}) results may differ in their last bits: say {…, deterministic: false}.
"""

import sys

import numpy
import routegrid_exec
import torch


class TorchMLP:
    """Mean squared error of the answered outcomes, Adam, whole batches; a cost is the mean of the train part."""

    def fit(self, x, quality, cost, **more):
        if numpy.isnan(cost).all(axis=0).any():
            raise routegrid_exec.DoNotRetry("a model without any outcome in the train part")
        hidden, epochs = (int(more["arguments"].get(name, usual)) for name, usual in (("hidden", 64), ("epochs", 60)))
        torch.manual_seed(more["seed"] * 1000 + more["split_index"])
        torch.use_deterministic_algorithms(True)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.cost = numpy.nanmean(cost, axis=0)
        known = ~numpy.isnan(quality)
        rows, wanted, weight = (
            torch.as_tensor(values, dtype=torch.float32, device=self.device)
            for values in (x.copy(), numpy.where(known, quality, 0), known)
        )
        self.net = torch.nn.Sequential(
            torch.nn.Linear(x.shape[1], hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, quality.shape[1]), torch.nn.Sigmoid()
        ).to(self.device)
        optimiser = torch.optim.Adam(self.net.parameters(), lr=0.01)
        for epoch in range(epochs):
            optimiser.zero_grad()
            loss = (weight * (self.net(rows) - wanted) ** 2).sum() / weight.sum()
            loss.backward()
            optimiser.step()
            if epoch % 10 == 9:
                print("progress %d/%d loss %.4f" % (epoch + 1, epochs, loss.item()), file=sys.stderr, flush=True)

    def predict(self, x, **more):
        with torch.no_grad():
            quality = self.net(torch.as_tensor(x.copy(), device=self.device)).double().cpu().numpy()
        return quality, numpy.tile(self.cost, (len(x), 1))


if __name__ == "__main__":
    routegrid_exec.run(TorchMLP)
