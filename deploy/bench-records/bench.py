"""How long a board of very many records takes, and how much memory: made-up records of one operating point, without statistics.

deploy/bench records [--records N] [--rows N]    ROUTEGRID names the command; deploy/bench does

Records are of N rows in ten tables, each row the mean of as many runs as come out. The temporary folder takes about two gigabytes
for a million records. Figures are seconds and peak memory of `routegrid aggregate`, report included.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--records", type=int, default=1_000_000, help="how many (1000000)")
arguments.add_argument("--rows", type=int, default=5_000, help="in how many rows of the board (5000)")
options = arguments.parse_args()
routegrid = os.environ["ROUTEGRID"]
TABLES = 10


def digest(*parts):
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def text(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def canonical(value):
    """What digests are of: without nulls, and fractions as texts."""
    if isinstance(value, dict):
        return {key: canonical(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [canonical(one) for one in value]
    return (int(value) if value == int(value) else repr(value)) if isinstance(value, float) else value


def write(path, first, count):
    """Records FIRST … of one operating point each: row after row, and of a row by split and seed."""
    runs = max(1, options.records // options.rows)
    with open(path, "w") as file:
        for number in range(first, first + count):
            row, run = divmod(number, runs)
            table, router = row % TABLES, row // TABLES
            accuracy = (400 + (row * 7919 + run * 31) % 400) / 1000
            cost = (100 + (row * 104729 + run * 17) % 900) / 1000
            job = {
                "budget": "1x", "data": digest("data", table), "fusion": None,
                "inputs": {"cost": digest("cost", table)}, "kind": "evaluate", "label": None, "modality": None,
                "mode": "sound", "numerics": "made-up/1", "part": "test",
                "revisions": {"metrics": 3, "router": 1, "rule": 2, "split": 1},
                "router": {"kind": "random", "trials": router + 1}, "rule": "threshold",
                "samples": digest("samples", table), "seed": run // 10,
                "split": {"dev": "0.2", "group_by": "sample", "index": run % 10, "kind": "random", "seed": 1,
                          "test": "0.2", "train": "0.6"},
            }  # fmt: skip
            result = {
                "metrics": {
                    "accuracy": {"at": 0, "v": accuracy}, "gain": {"v": accuracy - 0.75}, "mean_cost": {"at": 0, "v": cost},
                    "nauc_shared": {"v": accuracy}, "ps": {"at": 0, "v": accuracy}, "regret": {"v": 1 - accuracy},
                },
                "n": 1000, "n_missing": 0, "n_missing_chosen": 0, "n_unaffordable": 0,
                "points": [{"accuracy": accuracy, "cost": cost, "id": 0}],
            }  # fmt: skip
            known = {"dataset": f"d{table}", "encoder": None, "models": "all", "prices": None}
            line = {
                "fit_key": digest("fit", number), "job": {**job, **known}, "job_key": digest("job", number),
                "result": result, "result_sha256": hashlib.sha256((text(canonical(job)) + text(canonical(result))).encode()).hexdigest(),
                "schema": "routegrid/record/v1",
            }  # fmt: skip
            file.write(text(line) + "\n")


def source(folder, first, count):
    folder.mkdir()
    write(folder / "records.jsonl", first, count)
    tables = {
        "schema": "routegrid/tables/v1", "statistics": [{"alpha": 0.05, "bootstrap": 0, "seed": 1}],
        "tables": [
            {"cost": {"tensor": digest("cost", table)}, "cost_unit": "USD", "models": ["a", "b"], "prices": None,
             "quality": digest("quality", table), "samples": digest("samples", table)}
            for table in range(TABLES)
        ],
    }  # fmt: skip
    (folder / "tables.json").write_text(text(tables))
    return folder


def measure(what, *words):
    """Seconds and peak memory of a command."""
    begun = time.monotonic()
    child = subprocess.Popen([routegrid, *map(str, words)])
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begun
    if status != 0:
        sys.exit(f"routegrid {words[0]} ended with {os.waitstatus_to_exitcode(status)}")
    print(f"{what}: {seconds:.1f} s, {usage.ru_maxrss / 1e6:.2f} GB, {usage.ru_utime + usage.ru_stime:.1f} s of processor", flush=True)
    return seconds


with tempfile.TemporaryDirectory() as base:
    base = pathlib.Path(base)
    old = source(base / "old", 0, options.records)
    size = (old / "records.jsonl").stat().st_size
    print(f"{options.records} records, {size / 1e9:.2f} GB, in {options.rows} rows", flush=True)
    seconds = measure("board and report", "aggregate", old, "--out", base / "board", "--output", "quiet")
    print(f"{options.records / seconds:.0f} records a second; report {(base / 'board/report.html').stat().st_size / 1e6:.1f} MB")
