"""Starts, watches and ends the servers that are measured; only those that were started here."""

import os
import shutil
import signal
import socket
import subprocess
import time

STOP_SECONDS = 25


def delay_flushes(library, milliseconds):
    """Every flush of a database that is started from here on takes so much longer."""
    os.environ["CHATMESH_BENCH_FLUSH_DELAY_US"] = str(round(milliseconds * 1000))
    os.environ["CHATMESH_BENCH_PRELOAD"] = library


def database_environment():
    """The environment of a process that makes writes durable."""
    library = os.environ.get("CHATMESH_BENCH_PRELOAD")
    return dict(os.environ, LD_PRELOAD=library) if library else dict(os.environ)


def free_port():
    """A TCP port of loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=20):
    """Returns once something listens; raises where `process` ends before, or it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with status {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} does not listen on {port}")


def descendants(pid):
    """The process ids below `pid`, itself first."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children", encoding="ascii") as children:
                    found += [int(child) for child in children.read().split()]
        except OSError:
            continue
    return found


class Server:
    """A running contender: its processes and what `load` has to be told about it."""

    def __init__(self, load_flags):
        self.load_flags = load_flags
        self.processes = []
        self.cluster = None  # the PostgreSQL that it stores in

    def start(self, command, port, log, *more_ports, **options):
        """Starts one of its processes and waits until it listens on all ports. Its output goes to the file `log`."""
        with open(log, "ab") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        try:
            for one in (port, *more_ports):
                wait_for_port(one, process)
        except RuntimeError:
            self.stop()
            raise

    def pids(self):
        """All its processes, children included, and its database's."""
        own = self.processes + ([self.cluster.process] if self.cluster else [])
        return [pid for process in own for pid in descendants(process.pid)]

    def stop(self):
        """Ends it in order; by force only what does not end."""
        for process in self.processes:
            children = descendants(process.pid)[1:]
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                for pid in children + [process.pid]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                process.wait()
        if self.cluster:
            self.cluster.stop()


class FlushCount:
    """Counts flushes to the disk while it is open: the database's own count, else the system calls that strace sees.
    `count` holds it afterwards, None where nothing can count."""

    def __init__(self, server):
        self.server = server
        self.tracer = None
        self.count = None

    def __enter__(self):
        if self.server.cluster:
            self.before = self.server.cluster.flushes()
        elif shutil.which("strace"):
            pids = [word for pid in self.server.pids() for word in ("-p", str(pid))]
            command = ["strace", "-f", "-c", "-U", "name,calls", "-e", "trace=fsync,fdatasync", *pids]
            self.tracer = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
            self.tracer.stderr.readline()  # "attached"
        return self

    def __exit__(self, *_):
        if self.server.cluster:
            self.count = self.server.cluster.flushes() - self.before
        elif self.tracer:
            self.tracer.send_signal(signal.SIGINT)
            lines = [line.split() for line in self.tracer.communicate(timeout=STOP_SECONDS)[1].splitlines()]
            self.count = sum(int(words[1]) for words in lines if words[:1] and words[0] in ("fsync", "fdatasync"))
