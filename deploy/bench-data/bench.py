"""How data travel: a dataset to two new workers beside libzmq alone, a second job, memory, and the start of a worker.

deploy/bench data [--megabytes N] [--rounds N]    ROUTEGRID names the command; deploy/bench does

The temporary folder takes five times the data; deploy/bench chooses one in memory unless TMPDIR names another. On a disk that
is slower than the network, the first figure is that of the disk.
"""

import argparse
import array
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--megabytes", type=int, default=1000, help="of embeddings (1000)")
arguments.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turns (3)")
options = arguments.parse_args()
routegrid = os.environ["ROUTEGRID"]
# The widest that fits are allowed to be, nearly.
width = 16_000
rows = max(300, options.megabytes * 1_000_000 // 4 // width)
# Megabytes for whoever passes the data on; slots, which read all of it, are processes of their own.
bound = 256


def call(*words, **more):
    ended = subprocess.run([routegrid, *map(str, words)], capture_output=True, text=True, **more)
    if ended.returncode != 0:
        sys.exit(f"routegrid {words[0]} ended with {ended.returncode}: {ended.stderr or ended.stdout}")
    return ended.stdout


def dataset(folder):
    """Rows of embeddings that differ, of the size asked for."""
    folder.mkdir()
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}".ljust(117) + "\n"
    line = array.array("f", (i % 251 / 251 for i in range(width)))
    with open(folder / "text.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        for row in range(rows):
            line[0] = row
            line.tofile(file)
    with open(folder / "outcomes.csv", "w") as file:
        file.write("question,small_correct,small_cost,large_correct,large_cost\n")
        for row in range(rows):
            file.write(f"question {row},{row * 7 % 10 // 5},0.0002,{int(row % 10 < 8)},0.003\n")
    call("import", "csv", "--outcomes", folder / "outcomes.csv", "--text", folder / "text.npy", "--cost-unit", "USD", "--out",
         folder / "data")  # fmt: skip
    for name in ["text.npy", "outcomes.csv"]:
        os.unlink(folder / name)


def grid(folder, name, seeds, data, router="{kind: random, trials: 1}"):
    path = folder / f"{name}.yaml"
    path.write_text(f"""name: {name}
datasets: {{d: {{path: {data}}}}}
splits: [{{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}}]
modality: [text]
routers: [{router}]
seeds: [{seeds}]
budgets: {{rule: threshold, at: [exact]}}
statistics: {{bootstrap: 100}}
""")
    return path


class Processes:
    """A coordinator with keys, and workers, each with a cache of its own, as on machines of their own."""

    def __init__(self, folder):
        self.folder, self.state, self.all = folder, folder / "state", []
        call("keys", "init", "--state", self.state)
        call("keys", "add", "w", "--role", "worker", "--out", folder / "w.key", "--state", self.state)
        self.coordinator = self.start("coordinator", "--bind", "tcp://127.0.0.1:*", "--state", self.state, "--quiet")
        self.url = self.coordinator.stdout.readline().decode().strip()

    def start(self, *words):
        log = open(self.folder / "log", "a")
        process = subprocess.Popen([routegrid, *map(str, words)], stdout=subprocess.PIPE, stderr=log)
        self.all.append(process)
        return process

    def worker(self, cache):
        return self.start("worker", "--connect", self.url, "--key", self.folder / "w.key", "--slots", 1, "--cache", cache)

    def submit(self, path):
        return call("submit", path, "--connect", self.url).strip()

    def records(self):
        try:
            with sqlite3.connect(f"file:{self.state}/records.sqlite?mode=ro", uri=True, timeout=5) as store:
                return store.execute("SELECT count(*) FROM record").fetchone()[0]
        except sqlite3.Error:
            return 0

    def close(self):
        for process in self.all:
            process.send_signal(signal.SIGTERM)
        for process in self.all:
            process.wait(60)


def held(process):
    """Megabytes that a process holds, without pages of files, which the kernel takes back as it likes."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", text)[1]) * 1024 / 1e6


def moved():
    """Bytes that came in through loopback, of all processes of the machine."""
    return int(re.search(r"lo:\s*(\d+)", pathlib.Path("/proc/net/dev").read_text())[1])


def wait(condition, what, seconds=1200):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not after {seconds} s")
        time.sleep(0.002)


def largest(cache):
    return max((path.stat().st_size for path in cache.glob("??/*")), default=0)


def transfer(folder, data, lines):
    """Seconds until the data are in the caches of two new workers."""
    processes = Processes(folder)
    try:
        run = processes.submit(grid(folder, "first", 1, data, "{kind: kmeans, clusters: [2, 3]}"))
        caches = [folder / "cache1", folder / "cache2"]
        wanted = rows * width * 4
        begun = time.monotonic()
        workers = [processes.worker(cache) for cache in caches]
        # From the first byte: what it takes to start is measured apart.
        wait(lambda: any(cache.exists() and any(cache.glob("incoming-*")) for cache in caches), "a first byte")
        started = time.monotonic()
        memory = []

        def isThere():
            memory.append(max(held(process) for process in [processes.coordinator, *workers]))
            return all(largest(cache) >= wanted for cache in caches)

        wait(isThere, "the data")
        seconds = time.monotonic() - started
        call("wait", run, "--connect", processes.url, "--timeout", 1200, "--output", "quiet")
        before = moved()
        call("wait", processes.submit(grid(folder, "second", 2, data, "{kind: kmeans, clusters: [4, 5]}")), "--connect", processes.url,
             "--timeout", 1200, "--output", "quiet")  # fmt: skip
        again = moved() - before
        lines.append((2 * wanted / 1e6 / seconds, started - begun, max(memory), again / 1e6))
    finally:
        processes.close()


def first_cell(folder, data):
    """Seconds from the start of a worker to its first record on the coordinator's disk, with the data in its cache."""
    processes = Processes(folder)
    try:
        cache = folder / "cache"
        warm = processes.worker(cache)
        call("wait", processes.submit(grid(folder, "warm", 1, data)), "--connect", processes.url, "--timeout", 300, "--output",
             "quiet")  # fmt: skip
        warm.send_signal(signal.SIGTERM)
        warm.wait(60)
        times = []
        for round in range(5):
            processes.submit(grid(folder, f"round{round}", 100 + round, data))
            before = processes.records()
            begun = time.monotonic()
            worker = processes.worker(cache)
            wait(lambda: processes.records() > before, "a first record", 60)
            times.append(time.monotonic() - begun)
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
        return times
    finally:
        processes.close()


scratch = pathlib.Path(tempfile.mkdtemp(prefix="routegrid-bench-data-"))
try:
    print(f"making {options.megabytes} MB of data", file=sys.stderr)
    dataset(scratch / "made")
    lines, raw = [], []
    for round in range(options.rounds):
        # As many bytes, in messages of the size of a chunk.
        words = ["--sizes", 1 << 20, "--rounds", 1, "--bytes", 2 * options.megabytes * 1_000_000, "--output", "json"]
        raw.append(json.loads(call("bench", "curve", *words))["rows"][0]["curve_per_second"] * (1 << 20) / 1e6)
        folder = scratch / f"round{round}"
        folder.mkdir()
        transfer(folder, scratch / "made/data", lines)
        shutil.rmtree(folder)
        print(f"round {round + 1}: libzmq alone {raw[-1]:.0f} MB/s, two workers {lines[-1][0]:.0f} MB/s", file=sys.stderr)
    folder = scratch / "start"
    folder.mkdir()
    starts = first_cell(folder, pathlib.Path("jobs/data/digits_vqa").resolve())
finally:
    shutil.rmtree(scratch, ignore_errors=True)

middle = statistics.median
rate, memory, again = middle(line[0] for line in lines), max(line[2] for line in lines), max(line[3] for line in lines)
results = [
    ("both workers together, MB/s, CURVE", f"{rate:.0f}", ""),
    ("libzmq alone, one pair, MB/s, CURVE", f"{middle(raw):.0f}", ""),
    ("their ratio", f"{rate / middle(raw):.2f}", "at least 0.5"),
    ("memory of coordinator or worker at most, MB", f"{memory:.0f}", f"at most {bound}"),
    ("a second job moves, MB", f"{again:.1f}", "at most 5"),
    ("start of a worker to its first record, s", f"{middle(starts):.2f}", "at most 0.5"),
]
for what, value, bar in results:
    print(f"{what:44} {value:>8}   {bar}")
kept = rate / middle(raw) >= 0.5 and memory <= bound and again <= 5 and middle(starts) <= 0.5
sys.exit(0 if kept else 4)
