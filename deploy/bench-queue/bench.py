"""Measures the queue of RouteGrid on this machine, beside its parts alone and beside other task engines.

    deploy/bench queue [--only rate,single,...] [--peers VENV] [--rounds 3] [--cells 200000] [--full] [--out FILE]

limits       the disk's sync, an echo over libzmq, the record store fed from memory
memory       what ten million pending cells cost the coordinator, and what each costs above one million
rate         durable records a second of cheap cells, two workers of one slot, up to 256 cells a lease
single       the same with one cell a lease: each has a fit, a lease, a fence and an acknowledgement of its own; a slot
             computes one at a time. As with the peers, messages may travel together, and what is quick may wait at a worker
trip         one job after the other: Submit, then the record in the client's hands
millisecond  real cells of about a millisecond: what the queue adds to each, as the slots' time beside the evaluation of a
             cell by one slot, and as processor time of coordinator and supervisors. With two slots on two cores, the
             first holds the second, and what two slots take of each other's memory and clock
recovery     (with --full) a million recorded cells: how long until a restarted coordinator answers and grants leases
peers        (with --peers) the same figures of dask, ray, celery and hyperqueue; see engines.py

Cells are those of the router `random` at a budget point, with their real records; a figure is the median of the rounds,
with their range. Rates go from the first cell's start to the last commit. Compare within one run, on a quiet machine.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROUTEGRID = ROOT / ".build/release/routegrid"
PARTS = ["limits", "memory", "rate", "single", "trip", "millisecond"]
DIGITS, MATH = ROOT / "jobs/data/digits_vqa", ROOT / "jobs/data/mathvision15"


def grid(folder, name, *, data=DIGITS, router="{kind: random, trials: 1}", seeds, budgets, rule="threshold", modality="", test=0.2):
    path = folder / f"{name}.yaml"
    path.write_text(
        f"name: {name}\n"
        f"datasets:\n  data: {{path: {data}}}\n"
        f"splits: [{{kind: random, train: {round(0.8 - test, 3)}, dev: 0.2, test: {test}, seed: 1}}]\n"
        f"{modality}"
        f"routers: [{router}]\n"
        f'seeds: ["range({seeds[0]},{seeds[1]})"]\n'
        f"budgets: {{rule: {rule}, at: [{budgets}]}}\n"
        "limits: {cells: 20000000}\n"
    )
    return path


class Cluster:
    """A coordinator on a fresh state folder, and workers of one slot each."""

    def __init__(self, folder, workers=2):
        self.folder = folder
        self.url = f"ipc://{folder}/coordinator"
        self.processes = []
        self.coordinator = None
        self.start()
        for _ in range(workers):
            self.spawn("worker", "--connect", self.url, "--slots", "1", "--cache", str(folder / "cache"), "--quiet")
        while len([w for w in self.status()["workers"]]) < workers:
            time.sleep(0.05)
        # The slots of the other numerics class end meanwhile.
        time.sleep(1)

    def start(self):
        self.coordinator = self.spawn("coordinator", "--bind", self.url, "--state", str(self.folder / "state"), "--quiet")
        return self.status()

    def spawn(self, *words):
        process = subprocess.Popen([ROUTEGRID, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def ask(self, *words):
        return subprocess.run(
            [ROUTEGRID, *words, "--connect", self.url], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout

    def status(self):
        return json.loads(self.ask("status", "--output", "json", "--connect-timeout", "60"))

    def run(self, path, out=None):
        """Seconds from Submit to the last commit, as a client sees it."""
        start = time.perf_counter()
        self.ask("submit", str(path))
        self.ask("wait", "last", "--output", "quiet", *(["--out", str(out)] if out else []))
        return time.perf_counter() - start

    def memory(self):
        """The coordinator's resident bytes, now."""
        status = pathlib.Path(f"/proc/{self.coordinator.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) << 10

    def processor_seconds(self, slots=True):
        """Of the coordinator, the workers and their slots."""
        pids = [process.pid for process in self.processes]
        for process in self.processes if slots else []:
            # A child belongs to the thread that started it.
            for children in pathlib.Path(f"/proc/{process.pid}/task").glob("*/children"):
                with contextlib.suppress(FileNotFoundError):
                    pids += [int(child) for child in children.read_text().split()]
        ticks = 0
        for pid in pids:
            with contextlib.suppress(FileNotFoundError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()


@contextlib.contextmanager
def cluster(workers=2):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as name:
        folder = pathlib.Path(name)
        cluster = Cluster(folder, workers)
        try:
            yield cluster, folder
        finally:
            cluster.close()


def summary(values):
    return {"median": statistics.median(values), "range": [min(values), max(values)]}


def limits(options):
    with tempfile.TemporaryDirectory() as folder:
        return json.loads(
            subprocess.run(
                [ROUTEGRID, "bench-limits", "--folder", folder, "--output", "json"], check=True, stdout=subprocess.PIPE
            ).stdout
        )


def memory(options):
    grown, seconds = {}, {}
    for cells in (1_000_000, 10_000_000):
        with cluster(workers=0) as (running, folder):
            # What a coordinator needs for its first grid, of whatever size, is no pending cell's.
            running.ask("submit", str(grid(folder, "first", seeds=(0, 1), budgets="1")))
            time.sleep(1)
            path = grid(folder, "many", seeds=(10, 10 + cells // 100), budgets='"logspace(-1,3,100)"')
            before, start = running.memory(), time.perf_counter()
            running.ask("submit", str(path))
            seconds[cells] = time.perf_counter() - start
            # The cells that are granted next are looked up.
            time.sleep(2)
            grown[cells] = running.memory() - before
    more = (grown[10_000_000] - grown[1_000_000]) / 9_000_000
    return {
        "cells": 10_000_000, "submit_s": seconds[10_000_000], "bytes": grown[10_000_000],
        "bytes_per_cell": grown[10_000_000] / 10_000_000, "bytes_per_further_cell": more,
    }


def recorded(options, name, rounds, seeds, budgets, cells):
    """Rates of fresh cells, the processor time of one, and the size of its record."""
    rates, costs = [], []
    with cluster() as (running, folder):
        running.run(grid(folder, "warm", seeds=(0, 20), budgets=budgets))
        for number in range(1, rounds + 1):
            first = number * 10_000_000
            path = grid(folder, f"{name}{number}", seeds=(first, first + seeds), budgets=budgets)
            before = running.processor_seconds()
            rates.append(cells / running.run(path))
            costs.append((running.processor_seconds() - before) / cells * 1e6)
        store = running.status()["store"]
        out = folder / "out"
        running.run(grid(folder, "last", seeds=(1, 3), budgets=budgets), out)
        lines = (out / "records.jsonl").read_bytes().splitlines()
        return {
            "cells": cells, "rate": summary(rates), "cpu_us": summary(costs),
            "record_bytes": statistics.mean(map(len, lines)), "records_per_commit": store["committed"] / store["commits"],
        }


def rate(options):
    return recorded(options, "rate", options.rounds, options.cells // 100, '"logspace(-1,3,100)"', options.cells)


def single(options):
    return recorded(options, "single", options.rounds, options.cells // 5, "1", options.cells // 5)


def trip(options):
    with cluster(workers=1) as (running, folder):
        words = ["bench-trip", "--data", str(DIGITS), "--output", "json", "--jobs", "200"]
        return json.loads(running.ask(*words))


def millisecond(options):
    """Wall time that is not evaluation, for cells that take about a millisecond each by themselves."""
    cells = 2_000
    evaluations, overheads, processor = [], {1: [], 2: []}, {1: [], 2: []}
    for _ in range(options.rounds):
        for workers in (1, 2):
            with cluster(workers) as (running, folder):
                path = grid(
                    folder, "millisecond", data=MATH, router="{kind: linear}", seeds=(0, 1), rule="penalty",
                    budgets=f'"logspace(-3,3,{cells})"', modality="modality: [both]\n", test=0.5,
                )
                out, before = folder / "out", running.processor_seconds(slots=False)
                running.run(path, out)
                processor[workers].append((running.processor_seconds(slots=False) - before) / cells * 1e6)
                runs = [json.loads(line) for line in (out / "runs.jsonl").read_text().splitlines()]
                begins = [started(run["started"]) for run in runs]
                ends = [begin + run["eval_s"] for begin, run in zip(begins, runs)]
                wall = max(ends) - min(begins)
                if workers == 1:
                    evaluations.append(statistics.mean(run["eval_s"] for run in runs) * 1e6)
                overheads[workers].append(workers * wall / cells * 1e6 - evaluations[-1])
    found = {"cells": cells, "evaluation_us": summary(evaluations)}
    for workers in (1, 2):
        found[f"overhead_us_{workers}_slots"] = summary(overheads[workers])
        found[f"processor_us_{workers}_slots"] = summary(processor[workers])
    return found


def started(text):
    from datetime import datetime

    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def recovery(options):
    cells = 1_000_000
    with cluster() as (running, folder):
        path = grid(folder, "million", seeds=(0, cells // 100 + 500), budgets='"logspace(-1,3,100)"')
        running.ask("submit", str(path))
        begun = time.perf_counter()
        while (done := running.status()["runs"][-1]["done"]) < cells:
            time.sleep(0.5)
        seconds = time.perf_counter() - begun
        running.coordinator.kill()
        running.coordinator.wait()
        running.processes.remove(running.coordinator)
        begun = time.perf_counter()
        first = running.start()["runs"][-1]["done"]
        answered = time.perf_counter() - begun
        while running.status()["runs"][-1]["done"] <= first:
            time.sleep(0.02)
        return {
            "cells": done, "rate": done / seconds, "answers_after_s": answered,
            "records_again_after_s": time.perf_counter() - begun,
            "database_bytes": (folder / "state/records.sqlite").stat().st_size,
        }


def peers(options):
    python = pathlib.Path(options.peers) / "bin/python"
    script = pathlib.Path(__file__).with_name("engines.py")
    words = [str(python), str(script), "--rounds", str(options.rounds)]
    lines = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
    return {found["system"]: found for found in map(json.loads, lines)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("--only")
    parser.add_argument("--peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cells", type=int, default=200_000)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_args()
    parts = options.only.split(",") if options.only else PARTS + ["recovery"] * options.full
    if options.peers and not options.only:
        parts.append("peers")
    model = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(": ")[1].strip()
    found = {"machine": f"{os.cpu_count()} cores, {model}, Linux {platform.release()}"}
    print(found["machine"], flush=True)
    for part in parts:
        found[part] = globals()[part](options)
        print(f"{part:12}{json.dumps(rounded(found[part]))}", flush=True)
    if "peers" in found:
        compare(found)
    if options.out:
        pathlib.Path(options.out).write_text(json.dumps(found, indent=1) + "\n")


def compare(found):
    best = max(found["peers"].values(), key=lambda peer: peer["rate"])
    print(f"best peer: {best['system']} at {best['rate']:.0f} tasks/s")
    for part in ("rate", "single"):
        if part in found:
            print(f"{part}: {found[part]['rate']['median'] / best['rate']:.1f} times as many durable records")


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) and abs(value) < 1e4 else round(value) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
