"""CPU and memory of nodes, database and load clients at the moments of a run."""

import os
import time

from .machine import field_of, read

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")
BUSY_FIELDS = (0, 1, 2, 5, 6)  # of /proc/stat: user, nice, system, irq, softirq


def cpu_seconds(pids):
    """By the CPU clocks of the processes, which count nanoseconds; one that is gone counts nothing."""
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) makes of a process id
        except OSError:
            continue
    return total


def resident_bytes(pid):
    return 1024 * int(field_of(read(f"/proc/{pid}/smaps_rollup"), "Pss").split()[0])


def kernel_bytes():
    """Unreclaimable slab and TCP's buffers, of the whole machine: on loopback both ends of each connection."""
    words = field_of(read("/proc/net/sockstat"), "TCP").split()
    slab = int(field_of(read("/proc/meminfo"), "SUnreclaim").split()[0])
    return 1024 * slab + PAGE * int(words[words.index("mem") + 1])


def machine_seconds():
    """That all processors have worked, for whomever."""
    values = read("/proc/stat").split("\n", 1)[0].split()[1:]
    return sum(int(values[field]) for field in BUSY_FIELDS) / TICKS


class Meter:
    """Keeps a mark for each moment; the differences of two are the result."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.clients = []  # pids of load processes
        self.marks = {}

    def mark(self, name):
        database = self.nodes.database_pids()
        self.marks[name] = {
            "at": time.monotonic(),
            "nodes": [cpu_seconds([pid]) for pid in self.nodes.pids()],
            "database": cpu_seconds(database),
            "clients": cpu_seconds(self.clients),
            "machine": machine_seconds(),
            "resident": [resident_bytes(pid) for pid in self.nodes.pids()],
            "kernel": kernel_bytes(),
            "metrics": [self.nodes.metrics(number) for number in range(len(self.nodes.ports))],
        }

    def between(self, first, last, name):
        """The growth of a value, or of each node's."""
        a, b = self.marks[first][name], self.marks[last][name]
        return [y - x for x, y in zip(a, b)] if isinstance(a, list) else b - a

    def counted(self, first, last, metric):
        """By how much a counter has grown on each node."""
        a, b = self.marks[first]["metrics"], self.marks[last]["metrics"]
        return [y[metric] - x[metric] for x, y in zip(a, b)]

    def foreign_percent(self, first, last):
        """Of one processor: what everything else on this machine took."""
        own = sum(self.between(first, last, "nodes"))
        own += self.between(first, last, "database") + self.between(first, last, "clients")
        return 100 * max(0.0, self.between(first, last, "machine") - own) / self.between(first, last, "at")
