"""Routers as their papers' code trains them with PyTorch. Each fit returns what predicts: features → outputs."""

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import fits


def perceptron(*widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def batches(x, y, size, lean):
    """Shuffled batches: by PyTorch's DataLoader as the papers' code, or by rows picked from the tensors (lean)."""
    if not lean:
        yield from DataLoader(TensorDataset(x, y), batch_size=size, shuffle=True)
        return
    order = torch.randperm(len(x))
    for start in range(0, len(x), size):
        rows = order[start : start + size]
        yield x[rows], y[rows]


def outputs(*networks):
    def predict(asked):
        with torch.no_grad():
            return tuple(network(torch.from_numpy(asked)).double().numpy() for network in networks)

    return predict


def regression(network, loss, x, y, epochs, lean):
    """A network fitted by Adam, 32 rows at a time."""
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    features, targets = torch.from_numpy(x), torch.tensor(y, dtype=torch.float32)
    for _ in range(epochs):
        for inputs, wanted in batches(features, targets, 32, lean):
            optimiser.zero_grad()
            loss(network(inputs), wanted).backward()
            optimiser.step()
    return network


def mlp(x, quality, cost, epochs=100, lean=False):
    def trained(y):
        return regression(perceptron(x.shape[1], 256, 128, y.shape[1]), nn.MSELoss(), x, y, epochs, lean)

    return outputs(trained(quality), trained(cost))


class Factors(nn.Module):
    """Perceptron features times learned model vectors."""

    def __init__(self, inputs, models):
        super().__init__()
        self.net = perceptron(inputs, 256, 128, 64)
        self.vectors = nn.Parameter(torch.randn(models, 64) * 0.01)
        self.offset = nn.Parameter(torch.zeros(models))

    def forward(self, x):
        return self.net(x) @ self.vectors.t() + self.offset


def masked_error(found, wanted):
    mask = ~torch.isnan(wanted)
    difference = (found - torch.where(mask, wanted, torch.zeros_like(wanted))) * mask.float()
    return (difference**2).sum() / mask.float().sum()


def mlpmf(x, quality, cost, epochs=100, lean=False):
    def trained(y):
        return regression(Factors(x.shape[1], y.shape[1]), masked_error, x, y, epochs, lean)

    return outputs(trained(quality), trained(cost))


class Encoder(nn.Module):
    def __init__(self, width=512, heads=8, dropout=0.1):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, dropout=dropout, batch_first=True)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.wide = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(dropout)
        )

    def forward(self, x):
        x = self.norms[0](x + self.attention(x, x, x)[0])
        return self.norms[1](x + self.wide(x))


class CrossModal(nn.Module):
    def __init__(self, text, image, models, width=512):
        super().__init__()
        self.text, self.image = nn.Linear(text, width), nn.Linear(image, width)
        self.layers = nn.Sequential(Encoder(width), Encoder(width))
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, models)) for _ in range(2)
        )

    def forward(self, text, image):
        pooled = self.layers(torch.stack([self.text(text), self.image(image)], dim=1)).mean(dim=1)
        return self.heads[0](pooled), self.heads[1](pooled)


def cmr(text, image, quality, cost, epochs=100):
    network = CrossModal(text.shape[1], image.shape[1], quality.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    tensors = [torch.from_numpy(values) for values in (text, image)]
    tensors += [torch.tensor(values, dtype=torch.float32) for values in (quality, cost)]
    network.train()
    for _ in range(epochs):
        order = torch.randperm(len(text))
        for start in range(0, len(order), 32):
            t, v, q, c = (values[order[start : start + 32]] for values in tensors)
            optimiser.zero_grad()
            quality_found, cost_found = network(t, v)
            (masked_error(quality_found, q) + masked_error(cost_found, c)).backward()
            optimiser.step()
    network.eval()

    def predict(asked):
        with torch.no_grad():
            return tuple(found.double().numpy() for found in network(*map(torch.from_numpy, asked)))

    return predict


def soft_entropy(logits, targets):
    return -(targets * torch.log_softmax(logits, dim=-1)).sum(dim=-1).mean()


def softmax(x, quality, cost):
    kept, soft = fits.soft_labels(quality, cost)
    features, targets = torch.from_numpy(x[kept]), torch.tensor(soft, dtype=torch.float32)
    mean, deviation = features.mean(dim=0, keepdim=True), features.std(dim=0, keepdim=True)
    deviation[deviation == 0] = 1
    features = (features - mean) / deviation
    network = nn.Linear(x.shape[1], quality.shape[1])
    optimiser = torch.optim.LBFGS(network.parameters(), lr=1.0, max_iter=200, history_size=10)

    def objective():
        optimiser.zero_grad()
        loss = soft_entropy(network(features), targets)
        loss = loss + sum(p.pow(2.0).sum() for p in network.parameters()) / 2
        loss.backward()
        return loss

    optimiser.step(objective)

    def predict(asked):
        with torch.no_grad():
            return (network((torch.from_numpy(asked) - mean) / deviation).double().numpy(),)

    return predict


def mlp_soft(x, quality, cost, epochs=20):
    kept, soft = fits.soft_labels(quality, cost, scale=100.0)
    scaler = StandardScaler()
    features = torch.from_numpy(scaler.fit_transform(x[kept]).astype(np.float32))
    targets = torch.tensor(soft, dtype=torch.float32)
    network = perceptron(x.shape[1], 2048, 1024, quality.shape[1])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-4)
    for _ in range(epochs):
        order = torch.randperm(len(features))
        shuffled, wanted = features[order], targets[order]
        for start in range(0, len(features), 1024):
            optimiser.zero_grad()
            soft_entropy(network(shuffled[start : start + 1024]), wanted[start : start + 1024]).backward()
            optimiser.step()

    def predict(asked):
        with torch.no_grad():
            return (network(torch.from_numpy(scaler.transform(asked).astype(np.float32))).double().numpy(),)

    return predict
