"""What encoders here exchange with `routegrid embed`: samples in, a row of numbers for each of them out."""

import csv
import io
import os
import sys

import numpy as np


def read():
    """The samples: dictionaries with sample_id, question and image, a path from the folder that the command ran in."""
    csv.field_size_limit(1 << 30)
    return list(csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline="")))


def encode(samples, size, encoder):
    """The rows of an encoder that takes a list of samples, SIZE at a time; each row of length 1."""
    found = []
    for start in range(0, len(samples), size):
        found.append(np.asarray(encoder(samples[start : start + size]), dtype="<f4"))
        print(f"{min(start + size, len(samples))} of {len(samples)}", file=sys.stderr)
    rows = np.concatenate(found)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def write(rows):
    """Writes float32 [samples, width] to the file $ROUTEGRID_OUTPUT, or to stdout."""
    np.save(os.environ.get("ROUTEGRID_OUTPUT") or sys.stdout.buffer, np.asarray(rows, dtype="<f4"))
