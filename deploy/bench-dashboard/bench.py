"""What clients that poll a dashboard cost the queue: cells a second of two workers without and with them, in turns.

deploy/bench dashboard [--clients N] [--cells N] [--rounds N] [--period S]    ROUTEGRID names the command; deploy/bench does

Coordinator, workers, dashboard and clients are on this machine: what clients cost here, processors included. A client keeps its
connection, and asks for status, workers and board in turn every period. The dashboard runs in both turns. Processor time of
coordinator and dashboard is given beside the rates: a busy machine moves it less.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--clients", type=int, default=200, help="how many (200)")
arguments.add_argument("--cells", type=int, default=20_000, help="of each turn (20000)")
arguments.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
arguments.add_argument("--period", type=float, default=2.0, help="seconds between two requests of a client (2)")
options = arguments.parse_args()
routegrid = os.environ["ROUTEGRID"]
repository = pathlib.Path(__file__).resolve().parent.parent.parent
PATHS = ["/api/status", "/api/workers", "/api/board"]


async def client(number, port, counts, stop):
    """Asks until it is stopped; counts answers, and what was none."""
    await asyncio.sleep(options.period * number / options.clients)
    reader = writer = None
    asked = number
    while not stop.is_set():
        begun = time.monotonic()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = PATHS[asked % len(PATHS)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            if " 200 " not in head.splitlines()[0]:
                raise OSError(head.splitlines()[0])
            length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:"))
            await reader.readexactly(length)
            counts[0] += 1
            if "connection: close" in head:
                writer.close()
                writer = None
        except (OSError, asyncio.IncompleteReadError, StopIteration):
            counts[1] += 1
            writer = None
        asked += 1
        await asyncio.sleep(max(0.01, options.period - (time.monotonic() - begun)))


def crowd(port, stop, answers):
    """A process of all clients."""

    async def all_of_them():
        counts = [0, 0]
        await asyncio.gather(*[client(number, port, counts, stop) for number in range(options.clients)])
        answers.put(counts)

    asyncio.run(all_of_them())


def start(folder, *words):
    """A process of ours and the first line that it says."""
    log = open(folder / f"{words[0]}.log", "a")
    child = subprocess.Popen([routegrid, *map(str, words)], stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder)
    return child, child.stdout.readline().strip()


def spent(child):
    """Seconds of processor time so far."""
    fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def turn(folder, url, number):
    """Cells a second of one grid that is not recorded yet."""
    first = number * options.cells
    grid = folder / f"grid-{number}.yaml"
    grid.write_text(
        f"name: g{number}\n"
        f"datasets: {{d: {{path: {json.dumps(str(repository / 'jobs/data/digits_vqa'))}}}}}\n"
        "splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]\n"
        "modality: [text]\nrouters: [{kind: random, trials: 1}]\n"
        f'seeds: "range({first},{first + options.cells})"\n'
        "budgets: {rule: threshold, at: [1x]}\nstatistics: {bootstrap: 0}\n"
    )
    begun = time.monotonic()
    run = subprocess.run([routegrid, "submit", grid, "--connect", url], capture_output=True, text=True, check=True, cwd=folder)
    words = [routegrid, "wait", run.stdout.strip(), "--connect", url, "--output", "quiet", "--quiet"]
    subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return options.cells / (time.monotonic() - begun)


with tempfile.TemporaryDirectory() as base:
    folder = pathlib.Path(base)
    children = []
    try:
        coordinator, url = start(folder, "coordinator", "--bind", "tcp://127.0.0.1:*", "--state", folder / "state")
        children.append(coordinator)
        for _ in range(2):
            words = [routegrid, "worker", "--connect", url, "--slots", "1"]
            children.append(subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        dashboard, page = start(folder, "dashboard", "--connect", url, "--http", "127.0.0.1:0")
        children.append(dashboard)
        port = int(page.rstrip("/").rsplit(":", 1)[1])
        turn(folder, url, 0)
        rates = {"without": [], "with": []}
        times = {(kind, name): 0.0 for kind in rates for name in ["coordinator", "dashboard"]}
        answered = failed = 0
        for round_ in range(options.rounds):
            # Which one is first changes: what the machine does besides is not of one kind alone.
            for place, kind in enumerate(["without", "with"] if round_ % 2 == 0 else ["with", "without"]):
                if kind == "with":
                    stop, answers = multiprocessing.Event(), multiprocessing.Queue()
                    others = multiprocessing.Process(target=crowd, args=(port, stop, answers))
                    others.start()
                    time.sleep(options.period)
                before = {"coordinator": spent(coordinator), "dashboard": spent(dashboard)}
                rates[kind].append(turn(folder, url, 1 + 2 * round_ + place))
                for name, child in [("coordinator", coordinator), ("dashboard", dashboard)]:
                    times[kind, name] += spent(child) - before[name]
                if kind == "with":
                    stop.set()
                    good, bad = answers.get(timeout=60)
                    others.join()
                    answered, failed = answered + good, failed + bad
            print(f"round {round_ + 1}: {rates['without'][-1]:.0f} and {rates['with'][-1]:.0f} cells a second", flush=True)
        ratios = [with_ / without for with_, without in zip(rates["with"], rates["without"])]
        print(f"{options.clients} clients, {answered} answers, {failed} requests without one")
        without, with_ = (statistics.median(rates[kind]) for kind in ["without", "with"])
        print(f"cells a second: {without:.0f} without clients, {with_:.0f} with them (medians)")
        for name in ["coordinator", "dashboard"]:
            each = [1e6 * times[kind, name] / options.cells / options.rounds for kind in ["without", "with"]]
            print(f"processor time of the {name}, microseconds a cell: {each[0]:.0f} without clients, {each[1]:.0f} with")
        print(f"of the rate stays {statistics.median(ratios):.3f} in the median of rounds")
        if failed > answered / 100:
            sys.exit("more than one request in a hundred had no answer")
    finally:
        for child in reversed(children):
            child.send_signal(signal.SIGTERM)
        for child in reversed(children):
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
