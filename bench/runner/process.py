"""Starts, watches and ends the servers that are measured; only those that were started here."""

import os
import signal
import socket
import subprocess
import time

STOP_SECONDS = 25


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
        """All its processes, children included."""
        return [pid for process in self.processes for pid in descendants(process.pid)]

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
