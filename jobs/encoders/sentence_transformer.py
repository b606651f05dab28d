#!/usr/bin/env python3
"""Embeds questions with any model of sentence-transformers.

    pip install sentence-transformers==5.1.0
    routegrid embed DATASET --name bge-m3 \\
        --command 'python3 jobs/encoders/sentence_transformer.py BAAI/bge-m3'

Reads a CSV with the column question on stdin; writes a .npy of float32 [rows, width] to the file $ROUTEGRID_OUTPUT, or
to stdout.
"""

import csv
import io
import os
import sys

import numpy as np
from sentence_transformers import SentenceTransformer

if len(sys.argv) != 2:
    sys.exit("usage: sentence_transformer.py MODEL")
csv.field_size_limit(1 << 30)
texts = [row["question"] for row in csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline=""))]
found = SentenceTransformer(sys.argv[1]).encode(texts, normalize_embeddings=True, show_progress_bar=False)
target = os.environ.get("ROUTEGRID_OUTPUT") or sys.stdout.buffer
np.save(target, np.asarray(found, dtype="<f4"))
