#!/usr/bin/env python3
"""Embeds questions with any model of sentence-transformers, such as BGE-M3.

    pip install -r jobs/encoders/sentence_transformer-requirements.txt
    routegrid embed DATASET --name bge-m3 \\
        --command 'python3 jobs/encoders/sentence_transformer.py BAAI/bge-m3'

Models that ask for a prompt before questions get it by --prompt, such as --prompt 'query: ' for E5.
"""

import argparse

import samples


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", help="a name on the hub, or a folder")
    arguments.add_argument("--prompt", help="stands before each question")
    options = arguments.parse_args()
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(options.model)
    questions = [sample["question"] for sample in samples.read()]
    samples.write(model.encode(questions, prompt=options.prompt, normalize_embeddings=True, show_progress_bar=False))


main()
