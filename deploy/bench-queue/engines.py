"""Times other task engines with two workers on this machine: no-op tasks a second, round trip, overhead on 1 ms tasks.

    VENV/bin/python deploy/bench-queue/peers.py [--only dask-inf,ray] [--tasks 20000] [--rounds 3]

The venv needs ray, dask[distributed], celery[redis] and hyperqueue; celery needs the program redis-server as well. A system
that is not installed is skipped with a line that says so. One JSON line a system goes to stdout, everything else to stderr.

Each system runs as its documentation starts it on one machine, and keeps nothing durable, except Redis, whose log is synced
once a second (its own setting for queues). All tasks are submitted at once and all results gathered; a round trip is one
task submitted and its result awaited; a 1 ms task is a loop that reads the clock.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
MILLISECOND = 0.001


def nothing(_):
    return None


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


class Dask:
    """dask.distributed with processes; saturation as the configuration names it."""

    def __init__(self, saturation=None):
        import dask
        from dask.distributed import Client, LocalCluster

        if saturation:
            dask.config.set({"distributed.scheduler.worker-saturation": saturation})
        self.cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
        self.client = Client(self.cluster)

    def many(self, count):
        self.client.gather(self.client.map(nothing, range(count), pure=False))

    def one(self):
        self.client.submit(nothing, 0, pure=False).result()

    def milliseconds(self, count):
        self.client.gather(self.client.map(busy, [MILLISECOND] * count, pure=False))

    def close(self):
        self.client.close()
        self.cluster.close()


class Ray:
    """Ray's tasks; two CPUs, and so two workers."""

    def __init__(self):
        import ray

        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        self.ray = ray
        self.nothing, self.busy = ray.remote(nothing), ray.remote(busy)

    def many(self, count):
        self.ray.get([self.nothing.remote(0) for _ in range(count)])

    def one(self):
        self.ray.get(self.nothing.remote(0))

    def milliseconds(self, count):
        self.ray.get([self.busy.remote(MILLISECOND) for _ in range(count)])

    def close(self):
        self.ray.shutdown()


class CeleryRedis:
    """Celery with two prefork processes; Redis is broker and result backend."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        socket = f"{folder}/redis.sock"
        environment = dict(os.environ, BENCH_REDIS=f"redis+socket://{socket}")
        redis = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "",
                 "--appendonly", "yes", "--appendfsync", "everysec"]
        self.start(redis, environment)
        while not os.path.exists(socket):
            time.sleep(0.05)
        os.environ["BENCH_REDIS"] = environment["BENCH_REDIS"]
        sys.path.insert(0, str(HERE))
        import celery_tasks

        self.tasks = celery_tasks
        worker = [sys.executable, "-m", "celery", "-A", "celery_tasks", "--workdir", str(HERE), "worker",
                  "--concurrency", "2", "--loglevel", "ERROR", "--without-mingle", "--without-gossip"]
        self.start(worker, environment)
        self.one()

    def start(self, command, environment):
        process = subprocess.Popen(command, env=environment, stdout=sys.stderr)
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)

    def run(self, task, argument, count):
        from celery import group

        group(task.s(argument) for _ in range(count)).apply_async().get(timeout=300, disable_sync_subtasks=False)

    def many(self, count):
        self.run(self.tasks.nothing, 0, count)

    def one(self):
        self.tasks.nothing.delay(0).get(timeout=60)

    def milliseconds(self, count):
        self.run(self.tasks.busy, MILLISECOND, count)

    def close(self):
        self.stack.close()


class HyperQueue:
    """HyperQueue's own cluster in one process: two workers of one core; every task is a process of the system.

    Its client checks once a second whether a job is over: a rate may be up to a second's worth too low.
    """

    def __init__(self):
        import logging
        from hyperqueue import Job, LocalCluster
        from hyperqueue.cluster import WorkerConfig

        logging.disable(logging.INFO)
        self.Job = Job
        self.folder = tempfile.TemporaryDirectory()
        self.cluster = LocalCluster(self.folder.name)
        for _ in range(2):
            self.cluster.start_worker(WorkerConfig(cores=1))
        self.client = self.cluster.client()
        self.pipe = f"{self.folder.name}/pipe"
        os.mkfifo(self.pipe)
        self.one()

    def run(self, arguments, count):
        job = self.Job(self.folder.name)
        for _ in range(count):
            job.program(arguments, stdout=None, stderr=None)
        self.client.wait_for_jobs([self.client.submit(job)])

    def many(self, count):
        self.run(["/bin/true"], count)

    def one(self):
        # Its client checks once a second whether a job is over: the task itself reports when it ran.
        job = self.Job(self.folder.name)
        job.program(["/bin/sh", "-c", f"echo > {self.pipe}"], stdout=None, stderr=None)
        self.client.submit(job)
        pathlib.Path(self.pipe).read_bytes()

    # A task of 1 ms would be a program that starts an interpreter: its overhead is that of `many`.
    milliseconds = None

    def close(self):
        self.cluster.stop()


SYSTEMS = {
    "dask": Dask,
    "dask-inf": lambda: Dask("inf"),
    "ray": Ray,
    "celery": CeleryRedis,
    "hyperqueue": HyperQueue,
}
MODULES = {"dask": "distributed", "dask-inf": "distributed", "ray": "ray", "celery": "celery", "hyperqueue": "hyperqueue"}
# What one round of `many` takes at least a few seconds for, whatever was asked.
MOST = {"dask": 4_000, "celery": 8_000, "hyperqueue": 8_000}


def seconds(body, *arguments):
    start = time.perf_counter()
    body(*arguments)
    return time.perf_counter() - start


def measure(name, tasks, rounds):
    """One system, started for this alone."""
    system = SYSTEMS[name]()
    try:
        count = min(tasks, MOST.get(name, tasks))
        system.many(200)
        rates = sorted(count / seconds(system.many, count) for _ in range(rounds))
        trips = sorted(seconds(system.one) for _ in range(40 if name == "hyperqueue" else 200))
        found = {
            "system": name,
            "version": __import__(MODULES[name]).__version__ if name != "hyperqueue" else installed("hyperqueue"),
            "tasks": count,
            "rate": statistics.median(rates),
            "rate_range": [rates[0], rates[-1]],
            "round_trip_ms": statistics.median(trips) * 1e3,
        }
        if system.milliseconds:
            system.milliseconds(100)
            each = sorted(2 * seconds(system.milliseconds, 1_000) / 1_000 - MILLISECOND for _ in range(rounds))
            found["overhead_us"] = statistics.median(each) * 1e6
        return found
    finally:
        system.close()


def installed(package):
    from importlib.metadata import version

    return version(package)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(SYSTEMS))
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name in options.only.split(","):
        try:
            __import__(MODULES[name])
        except ImportError:
            print(f"{name} is not installed in this venv: skipped", file=sys.stderr)
            continue
        # A process each: engines leave threads and settings behind.
        child = os.fork()
        if child == 0:
            try:
                answers = os.fdopen(os.dup(1), "w")
                # Some of them greet on stdout.
                os.dup2(2, 1)
                print(json.dumps(measure(name, options.tasks, options.rounds)), file=answers, flush=True)
                os._exit(0)
            except Exception as error:
                print(f"{name}: {error}", file=sys.stderr)
                os._exit(1)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
