"""Times RouteGrid's fits beside scikit-learn's and PyTorch's: one thread each, the same rows, epochs and machine.

Started by `deploy/bench core --peers VENV`. Rounds are interleaved, so that a machine that slows down slows all sides.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import sklearn
import threadpoolctl
import torch

import fits
import networks
import sweep
import tables


class Work:
    """One router on one table: how both sides fit it, and what is timed."""

    def __init__(self, name, peer, bar, parameters=None, fusion="mean", scale=1.0, timed="fit", seconds=0.0):
        self.name, self.peer, self.bar = name, peer, bar
        self.router = json.dumps({"kind": name.split()[0], **(parameters or {})})
        self.fusion, self.scale, self.timed, self.seconds = fusion, scale, timed, seconds


def works(options):
    def plain(fit):
        return lambda t: (lambda *y: fit(t.mean(t.train), *y), (t.quality[t.train], t.cost[t.train]), t.mean(t.test))

    def tokens(t):
        train = (t.text[t.train], t.image[t.train], t.quality[t.train], t.cost[t.train])
        return (lambda *a: networks.cmr(*a, epochs=options.cmr_epochs)), train, (t.text[t.test], t.image[t.test])

    def wide(fit):
        return lambda t: (
            lambda *y: fit(t.normalised(t.train), *y), (t.quality[t.train], t.cost[t.train]), t.normalised(t.test)
        )

    epochs = {"epochs": options.epochs}
    quick = 0.4
    listed = [
        Work("linear", plain(fits.linear), 10, seconds=quick),
        Work("linearmf", plain(fits.linearmf), 10, seconds=quick),
        Work("kmeans", plain(fits.kmeans), 2, seconds=quick),
        Work("knn", plain(fits.knn), 2, timed="predict", seconds=quick),
        Work("softmax", wide(networks.softmax), 2, fusion="normalize_concat", seconds=quick),
        Work("mlp", plain(lambda *a: networks.mlp(*a, epochs=options.epochs)), 2, epochs),
        Work("mlp lean", plain(lambda *a: networks.mlp(*a, epochs=options.epochs, lean=True)), None, epochs),
        Work("mlpmf", plain(lambda *a: networks.mlpmf(*a, epochs=options.epochs)), 2, epochs),
        Work("mlpmf lean", plain(lambda *a: networks.mlpmf(*a, epochs=options.epochs, lean=True)), None, epochs),
        Work(
            "mlp-soft", wide(lambda *a: networks.mlp_soft(*a, epochs=options.soft_epochs)), 2,
            {"epochs": options.soft_epochs, "patience": 1000}, fusion="normalize_concat", scale=100.0,
        ),
        Work("cmr", tokens, 1.5, {"epochs": options.cmr_epochs}),
    ]
    return [work for work in listed if not options.only or work.name in options.only.split(",")]


def repeated(body, seconds):
    """Milliseconds of each run, and the last result; work that is repeated is done once before, to warm memory up."""
    times = []
    if seconds:
        body()
    while not times or sum(times) < seconds * 1e3:
        start = time.perf_counter()
        result = body()
        times.append((time.perf_counter() - start) * 1e3)
    return times, result


class Side:
    """RouteGrid with one family of kernels."""

    def __init__(self, routegrid, core):
        self.routegrid = routegrid
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        self.environment["OPENBLAS_NUM_THREADS"] = "1"
        if core:
            self.environment["OPENBLAS_CORETYPE"] = core
        self.numerics = ""

    def run(self, work, table, mode="compat"):
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            command = [
                self.routegrid, "bench", "fit", "--data", table.folder, "--router", work.router, "--mode", mode,
                "--fusion", work.fusion, "--scale", str(work.scale), "--rounds", "1", "--seconds", str(work.seconds),
                "--output", "json", "--save", file.name,
            ]
            answer = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE)
            document = json.loads(answer.stdout)
            self.numerics = document["numerics"]
            return {row["name"]: row for row in document["rows"]}, tables.safetensors(file.name)


def judged(table, found):
    """How good predictions of the test part are, and each row's choice."""
    quality, cost = table.quality[table.test], table.cost[table.test]
    if len(found) == 1:
        choice = found[0].argmax(axis=1)
        rows = np.arange(len(choice))
        return f"accuracy {quality[rows, choice].mean():.4f}, cost {cost[rows, choice].mean():.3e}", choice
    error = [np.mean((f - y) ** 2) / np.mean((y - y.mean(axis=0)) ** 2) for f, y in zip(found, (quality, cost))]
    _, mean, accuracy = sweep.sweep(found[0], found[1], quality, cost)
    area = sweep.nauc(mean, accuracy)
    return f"nAUC {area:.4f}, error {error[0]:.3f}/{error[1]:.3f}", found[0].argmax(axis=1)


def line(name, native, portable, peer, bar, note):
    def both(times):
        return f"{min(times):9.2f} {np.median(times):9.2f}" if times else " " * 19

    ratio = np.median(peer) / np.median(native)
    verdict = "" if bar is None else ("ok" if ratio >= bar else "BELOW")
    wanted = "" if bar is None else f"{bar}"
    print(f"{name:12} {both(native)} {both(portable)} {both(peer)} {ratio:7.2f} {wanted:>5} {verdict:5}  {note}", flush=True)
    return {"name": name, "native_ms": native, "portable_ms": portable, "peer_ms": peer, "ratio": ratio, "bar": bar}


def compare(options, table, sides):
    print(f"\n{table.title}")
    print(f"{'ms':12} {'native min':>9} {'median':>8} {'port. min':>9} {'median':>9} {'peer min':>9} {'median':>9} {'ratio':>7} {'bar':>5}")
    rows, swept = [], None
    for work in works(options):
        fit, train, asked = work.peer(table)
        times = {name: [] for name in ("native", "portable", "peer")}
        sweeps, products = [], []
        for _ in range(options.rounds):
            for name, side in sides.items():
                timed, tensors = side.run(work, table)
                times[name] += timed[work.timed]["ms"]
                if name == "native":
                    ours = [tensors[key] for key in ("quality", "cost", "scores") if key in tensors]
                    sweeps += timed["sweep"]["ms"] if "sweep" in timed else []
                    products += timed["products"]["ms"] if "products" in timed else []
            if work.timed == "fit":
                measured, predict = repeated(lambda: fit(*train), work.seconds)
                theirs = predict(asked)
            else:
                predict = fit(*train)
                measured, theirs = repeated(lambda: predict(asked), work.seconds)
            times["peer"] += measured
        (good, choice), (peer_good, peer_choice) = judged(table, ours), judged(table, theirs)
        note = f"{good} | peer {peer_good} | same best model {np.mean(choice == peer_choice):.3f}"
        if products:
            note += f" | products {min(products) / np.median(times['native']) * 100:.0f} % of the fit"
        rows.append(line(work.name, times["native"], times["portable"], times["peer"], work.bar, note))
        if work.name == "linear":
            quality, cost = table.quality[table.test], table.cost[table.test]
            measured, points = repeated(lambda: sweep.sweep(ours[0], ours[1], quality, cost), work.seconds)
            swept = ("sweep", sweeps, [], measured, 2, f"{len(points[0])} operating points of linear's predictions")
    if swept:
        rows.append(line(*swept))
    return {"table": table.title, "rows": rows}


def main():
    parser = argparse.ArgumentParser(prog="deploy/bench core --peers VENV", description=__doc__)
    parser.add_argument("--routegrid", default=".build/release/routegrid", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    parser.add_argument("--only", default="", help="routers, separated by commas")
    parser.add_argument("--tables", default="made-up,digits_vqa,mathvision15", help="of these")
    parser.add_argument("--epochs", type=int, default=100, help="of mlp and mlpmf")
    parser.add_argument("--soft-epochs", type=int, default=10, help="of mlp-soft")
    parser.add_argument("--cmr-epochs", type=int, default=2, help="of cmr")
    parser.add_argument("--json", default="", help="where all figures go")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    threadpoolctl.threadpool_limits(1)
    sides = {"native": Side(options.routegrid, None), "portable": Side(options.routegrid, "Haswell")}
    kernels = {entry.get("architecture") for entry in threadpoolctl.threadpool_info() if entry["user_api"] == "blas"}
    print(
        f"numpy {np.__version__} ({', '.join(sorted(filter(None, kernels)))} kernels), scikit-learn {sklearn.__version__}, "
        f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})"
    )
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.tables.split(","):
            made = tables.make(scratch, options.routegrid) if name == "made-up" else Path("jobs/data") / name
            results.append(compare(options, tables.Table(made), sides))
    for name, side in sides.items():
        print(f"{name}: {side.numerics}")
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    return 0


sys.exit(main())
