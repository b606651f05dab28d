"""Machines made of network name spaces on one switch, and lines to them that lose and delay packets. For root, on Linux.

Nothing of the machine's own network is changed: the switch is in a name space too.
"""

import collections
import ctypes
import fcntl
import os
import random
import select
import struct
import subprocess
import threading
import time

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


def ip(*words, inside=None, check=True):
    prefix = ["ip", "-n", inside] if inside else ["ip"]
    return subprocess.run([*prefix, *words], check=check, capture_output=True, text=True)


class Network:
    """A switch; machines are put on it by `machine`."""

    def __init__(self, name="rg", four="10.78.0", six="fd78:"):
        self.name, self.four, self.six = f"{name}{os.getpid()}", four, six
        self.machines, self.count = [], 0
        self.switch = f"{self.name}-switch"
        ip("netns", "add", self.switch)
        ip("link", "add", "bridge", "type", "bridge", inside=self.switch)
        # Without a spanning tree, a port forwards at once.
        ip("link", "set", "bridge", "up", inside=self.switch)

    def machine(self, name, number, wire=None):
        """One with the addresses of `number`; `wire` is a `Wire` to reach it by, else a pair of veth."""
        machine = Machine(self, name, number, wire)
        self.machines.append(machine)
        return machine

    def next(self):
        """A number for a port of the switch, whose names are short."""
        self.count += 1
        return self.count

    def close(self):
        for machine in self.machines:
            machine.close()
        ip("netns", "delete", self.switch, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Machine:
    def __init__(self, network, name, number, wire):
        self.network, self.name = network, name
        self.space, self.port = f"{network.name}-{name}", f"port{network.next()}"
        self.wire, self.processes = wire, []
        ip("netns", "add", self.space)
        if wire:
            wire.connect((network.switch, self.port), (self.space, "eth0"))
        else:
            ip("link", "add", self.port, "type", "veth", "peer", "name", "eth0", "netns", self.space, inside=network.switch)
        ip("link", "set", self.port, "master", "bridge", "up", inside=network.switch)
        # Others may remember it, when it takes the place of one that is gone.
        ip("link", "set", "eth0", "address", f"02:00:00:00:00:{number:02x}", inside=self.space)
        for device in ["lo", "eth0"]:
            ip("link", "set", device, "up", inside=self.space)
        self.addresses = []
        self.add(number)

    def add(self, number):
        """Gives it the addresses of a number: one of each version of IP."""
        for address in [f"{self.network.four}.{number}/24", f"{self.network.six}:{number}/64"]:
            # An address of version 6 is of use at once, without a look for others that have it.
            ip("address", "add", address, "dev", "eth0", *(["nodad"] if ":" in address else []), inside=self.space)
            self.addresses.append(address)

    def remove_addresses(self):
        for address in self.addresses:
            ip("address", "delete", address, "dev", "eth0", inside=self.space)
        self.addresses = []

    def cut(self, is_cut):
        """Cuts it off: packets go nowhere, and nobody is told."""
        if self.wire:
            self.wire.is_cut = is_cut
        else:
            ip("link", "set", self.port, *(["nomaster"] if is_cut else ["master", "bridge"]), inside=self.network.switch)

    def words(self, words):
        return ["nsenter", f"--net=/run/netns/{self.space}", "--", *words]

    def start(self, words, **options):
        """Starts a process on it; it ends with the machine."""
        process = subprocess.Popen(self.words(words), **options)
        self.processes.append(process)
        return process

    def run(self, words, **options):
        return subprocess.run(self.words(words), **options)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
        if self.wire:
            self.wire.close()
        ip("netns", "delete", self.space, check=False)


class Wire:
    """An Ethernet line that delays every frame and loses some, for kernels without netem."""

    def __init__(self, delay, loss, seed):
        self.delay, self.loss, self.random = delay, loss, random.Random(seed)
        self.is_cut, self.lost, self.passed = False, 0, 0
        self._ends, self._isOver = [], False

    def connect(self, *ends):
        self._ends = [_tap(*end) for end in ends]
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def _relay(self):
        left, right = self._ends
        underway = {left: collections.deque(), right: collections.deque()}
        while not self._isOver:
            now = time.monotonic()
            waits = [queue[0][0] - now for queue in underway.values() if queue]
            for source in select.select(self._ends, [], [], min([0.05, *(max(wait, 0) for wait in waits)]))[0]:
                try:
                    frame = os.read(source, 65536)
                except OSError:
                    continue
                if self.is_cut or self.random.random() < self.loss:
                    self.lost += 1
                    continue
                underway[right if source == left else left].append((time.monotonic() + self.delay, frame))
            now = time.monotonic()
            for sink, queue in underway.items():
                while queue and queue[0][0] <= now:
                    frame = queue.popleft()[1]
                    if self.is_cut:
                        continue
                    self.passed += 1
                    try:
                        os.write(sink, frame)
                    except OSError:
                        pass

    def close(self):
        self._isOver = True
        self._thread.join()
        for end in self._ends:
            os.close(end)


def _tap(space, name):
    """A TAP device in a name space; whoever has its descriptor is at the other end of the line."""
    made = []

    def make():
        # A name space is a thread's.
        with open(f"/run/netns/{space}") as file:
            if _libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
                made.append(OSError(ctypes.get_errno(), "setns"))
                return
        try:
            descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            # TUNSETIFF with IFF_TAP | IFF_NO_PI
            fcntl.ioctl(descriptor, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1002))
            made.append(descriptor)
        except OSError as error:
            made.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]
