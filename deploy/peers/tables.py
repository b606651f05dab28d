"""Tables that both sides read: dataset folders, and one that is made up and imported."""

import json
import subprocess
from pathlib import Path

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4"}


def safetensors(path):
    """Every tensor of a safetensors file by its name."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + start : 8 + length + end], dtype=TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).copy()
    return tensors


class Table:
    """A dataset folder, split as scikit-learn's train_test_split splits it; missing outcomes are column means."""

    def __init__(self, folder, train=0.2, seed=42):
        self.folder = str(folder)
        self.name = Path(folder).name
        tensors = safetensors(Path(folder) / "tensors.safetensors")
        self.quality, self.cost = (self._filled(tensors[name]) for name in ("quality", "cost"))
        self.text = next((tensors[name] for name in sorted(tensors) if name.startswith("text.")), None)
        self.image = next((tensors[name] for name in sorted(tensors) if name.startswith("image.")), None)
        count = len(self.quality)
        order = np.random.RandomState(seed).permutation(count)
        tested = count - int(train * count)
        self.test, self.train = order[:tested], order[tested:]

    @staticmethod
    def _filled(values):
        return np.where(np.isnan(values), np.nanmean(values, axis=0), values)

    def mean(self, rows):
        """Mean fusion: both embeddings cut to the narrower one."""
        width = min(self.text.shape[1], self.image.shape[1])
        return ((self.text[rows, :width] + self.image[rows, :width]) / 2).astype(np.float32)

    def normalised(self, rows):
        """Both embeddings at unit length, side by side."""
        parts = []
        for values in (self.text[rows], self.image[rows]):
            length = np.linalg.norm(values, axis=1, keepdims=True)
            parts.append(values / np.where(length == 0, 1, length))
        return np.concatenate(parts, axis=1).astype(np.float32)

    @property
    def title(self):
        return f"{self.name}: {len(self.train)} train rows, {self.quality.shape[1]} models, {self.mean([0]).shape[1]}-d"


def make(folder, routegrid, rows=11_000, models=10, width=512, seed=7):
    """Writes and imports a made-up table: topics, embeddings that follow them, outcomes that depend on both."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    topics = 40
    topic = random.integers(0, topics, rows)
    latent = random.standard_normal((rows, 64)) * (1 + np.arange(64)) ** -0.5
    files = []
    for name in ("text", "image"):
        centres = random.standard_normal((topics, width))
        basis = random.standard_normal((64, width))
        values = 0.7 * centres[topic] + latent @ basis + 0.5 * random.standard_normal((rows, width))
        values /= np.linalg.norm(values, axis=1, keepdims=True)
        files += [f"--{name}", str(folder / f"{name}.npy")]
        np.save(folder / f"{name}.npy", values.astype(np.float32))
    skill = np.linspace(-1, 1, models) + 0.7 * random.standard_normal((topics, models))[topic]
    chance = 1 / (1 + np.exp(-(skill + latent @ random.standard_normal((64, models)))))
    correct = (random.random((rows, models)) < chance).astype(int)
    length = np.exp(0.5 * latent[:, :1] + 0.3 * random.standard_normal((rows, models)))
    cost = 10 ** np.linspace(-4, -1.5, models) * length
    header = ",".join(f"m{model:02}_correct,m{model:02}_cost" for model in range(models))
    lines = (",".join(f"{c},{p!r}" for c, p in zip(cs, ps)) for cs, ps in zip(correct.tolist(), cost.tolist()))
    (folder / "outcomes.csv").write_text(header + "\n" + "\n".join(lines) + "\n")
    target = folder / f"{rows}x{models}x{width}"
    command = [routegrid, "import", "csv", "--outcomes", str(folder / "outcomes.csv"), *files, "--out", str(target)]
    subprocess.run(command + ["--output", "quiet", "--quiet"], check=True)
    return target
