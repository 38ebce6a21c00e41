"""What bench/cluster measures: each part starts nodes of its own and answers rows of figures.

Every row has `whole`: no stream is missing, and no event was lost, doubled or out of order on any of them."""

import os
import tempfile
from contextlib import ExitStack
from statistics import median

from .contenders import Place
from .in_step import LoadProcess, play
from .loads import EVENT_BYTES
from .meter import Meter
from .nodes import Nodes

MIB = 2**20
COUNTERS = ("head_checks_total", "found_behind_total", "holes_total", "windows_full_total", "events_left_out_total")
OUTSTANDING = 64
SUMS = ("connected", "deliveries", "missing", "duplicate", "out_of_order", "foreign", "closed", "refused", "writes_failed")


class Stage:
    """Nodes in a folder of their own, for one part."""

    def __init__(self, root, build, count):
        self.build = build
        self.folder = tempfile.TemporaryDirectory(prefix="bench-cluster-")
        self.runs = 0
        self.nodes = Nodes(Place(root, build, self.folder.name), count)

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.nodes.__exit__(*fault)
        self.folder.cleanup()

    def shared(self, write, listen):
        """One run: a process writes to the first node as `write` says, and one a node of `listen` listens there; both
        are flags for load, those of `listen` by the number of the node. Answers figures and the listeners' results."""
        self.runs += 1
        file = os.path.join(self.folder.name, f"companies-{self.runs}.json")
        common = {"body-bytes": EVENT_BYTES, "companies": write["companies"], "seconds": write["seconds"]}
        common |= {"settle": write.get("settle", 1), "idle": write.get("idle", 0)}
        meter = Meter(self.nodes)
        with ExitStack() as stack:
            flags = common | write | {"api": self.nodes.ports[0], "streams": 0, "share": file, "mode": "rate"}
            processes = [stack.enter_context(LoadProcess(self.build, flags))]
            processes[0].reach("connected")
            meter.mark("prepared")
            for number, more in listen.items():
                flags = common | more | {"api": self.nodes.ports[number], "use": file}
                processes.append(stack.enter_context(LoadProcess(self.build, flags)))
            found = self.play(processes, meter)
        wanted = sum(more["streams"] for more in listen.values())
        return figures(meter, found, wanted, found[0]["writes"]), dict(zip(listen, found[1:]))

    def separate(self, each):
        """One run of processes that have companies of their own; `each` is their flags."""
        meter = Meter(self.nodes)
        meter.mark("prepared")
        with ExitStack() as stack:
            processes = [stack.enter_context(LoadProcess(self.build, {"body-bytes": EVENT_BYTES} | one)) for one in each]
            found = self.play(processes, meter)
        row = figures(meter, found, sum(one["streams"] for one in each), sum(one["writes"] for one in found))
        row |= {f"latency_{name}": max(one[f"latency_{name}"] for one in found) for name in ("p50_ms", "p99_ms")}
        return row, meter

    @staticmethod
    def play(processes, meter):
        meter.clients = [one.process.pid for one in processes]
        return play(processes, meter.mark)


def figures(meter, found, wanted, writes):
    """What every run tells, `writes` measured ones."""
    row = {name: sum(one[name] for one in found) for name in SUMS}
    row |= {"streams": wanted, "writes": writes, "whole": row["connected"] == wanted and all(one["whole"] for one in found)}
    span = ("measuring", "received")
    seconds = meter.between(*span, "at")
    nodes, database = meter.between(*span, "nodes"), meter.between(*span, "database")
    row |= {
        "connect_s": meter.between("prepared", "connected", "at"),
        "connect_nodes_cpu_us": 1e6 * sum(meter.between("prepared", "connected", "nodes")) / wanted,
        "connect_database_cpu_us": 1e6 * meter.between("prepared", "connected", "database") / wanted,
        "measured_s": seconds,
        "writes_per_s": writes / seconds,
        "deliveries_per_s": row["deliveries"] / seconds,
        "nodes_cpu_percent": [100 * one / seconds for one in nodes],
        "database_cpu_percent": 100 * database / seconds,
        "clients_cpu_percent": 100 * meter.between(*span, "clients") / seconds,
        "foreign_cpu_percent": meter.foreign_percent(*span),
        "nodes_cpu_us_per_write": 1e6 * sum(nodes) / writes if writes else 0,
        "database_cpu_us_per_write": 1e6 * database / writes if writes else 0,
        "resident_mib": [one / MIB for one in meter.marks["settled"]["resident"]],
        "resident_growth_mib": [one / MIB for one in meter.between("prepared", "settled", "resident")],
        "kernel_growth_mib": meter.between("prepared", "settled", "kernel") / MIB,
    }
    return row | {name: sum(meter.counted("prepared", "received", name)) for name in COUNTERS} | idle_figures(meter)


def idle_figures(meter):
    seconds = meter.between("settled", "idle", "at")
    return {
        "idle_s": seconds,
        "idle_nodes_cpu_percent": [100 * one / seconds for one in meter.between("settled", "idle", "nodes")],
        "idle_database_cpu_percent": 100 * meter.between("settled", "idle", "database") / seconds,
        "idle_head_checks": sum(meter.counted("settled", "idle", "head_checks_total")),
        "idle_foreign_cpu_percent": meter.foreign_percent("settled", "idle"),
    }


def latency(root, build, quick, say):
    """Streams on the node that is written to and on two others get the same events; slow and faster in turn."""
    companies, rounds, seconds = 10, 1 if quick else 3, 3 if quick else 8
    runs = {}
    with Stage(root, build, 3) as stage:
        for _ in range(rounds):
            for rate in (10, 200):
                listen = {number: {"streams": companies} for number in range(3)}
                row, nodes = stage.shared({"companies": companies, "rate": rate, "seconds": seconds}, listen)
                for number, one in nodes.items():
                    row |= {f"node_{number + 1}_{name}": one[f"latency_{name}"] for name in ("p50_ms", "p99_ms")}
                runs.setdefault(rate, []).append(row)
                say(f"latency {rate}/s: {[row[f'node_{n}_p50_ms'] for n in (1, 2, 3)]} ms, whole {row['whole']}")
    return [{"rate": rate, "rounds": len(rows), **medians(rows)} for rate, rows in runs.items()]


def medians(rows):
    """Of each number; a row is whole only where all are."""
    result = {"whole": all(row["whole"] for row in rows)}
    for name, value in rows[0].items():
        if isinstance(value, (int, float)) and name != "whole":
            result[name] = median(row[name] for row in rows)
            result[f"{name}_of_rounds"] = [row[name] for row in rows]
    return result


def intake(root, build, quick, say):
    """One node, and three, commit as fast as they can; the last node has nothing but a stream of each company."""
    seconds, each = 3 if quick else 10, 8
    rows = []
    with Stage(root, build, 4) as stage:
        taker = len(stage.nodes.ports) - 1
        for writers in (1, 3):
            flags = [
                {
                    "api": stage.nodes.ports[taker],
                    "write-api": stage.nodes.ports[number],
                    "companies": each,
                    "streams": each,
                    "outstanding": OUTSTANDING // each,
                    "mode": "closed",
                    "seconds": seconds,
                }
                for number in range(writers)
            ]
            row, meter = stage.separate(flags)
            span = ("measuring", "received")
            taken = meter.counted(*span, "events_taken_total")[taker]
            cpu = meter.between(*span, "nodes")[taker]
            row |= {"writers": writers, "taken": taken, "taken_per_s": taken / row["measured_s"]}
            row |= {"taker_cpu_percent": row["nodes_cpu_percent"][taker], "taker_cpu_us_per_event": 1e6 * cpu / max(1, taken)}
            row["read_from_log"] = row["writes"] - taken
            rows.append(row)
            say(f"intake from {writers}: {row['taken_per_s']:.0f}/s, {row['taker_cpu_us_per_event']:.0f} us, whole {row['whole']}")
    return rows


def streams(root, build, quick, say):
    """Every company has streams on all of five nodes, so that each event goes to each."""
    count, most = 5, 1000 if quick else 18000
    rows = []
    for companies, rate in ((100, 25), (1, 0.5)):
        with Stage(root, build, count) as stage:
            write = {"companies": companies, "rate": rate, "seconds": 5 if quick else 20, "settle": 3, "warmup": 2, "drain": 60}
            write["idle"] = 3 if quick else 15
            listen = {number: {"streams": most, "drain": 60} for number in range(count)}
            row, nodes = stage.shared(write, listen)
        row |= {"companies": companies, "rate": rate, "per_node": node_figures(nodes)}
        cpu_us = 1e4 * sum(row["nodes_cpu_percent"]) * row["measured_s"]
        row["nodes_cpu_us_per_delivery"] = cpu_us / max(1, row["deliveries"])
        rows.append(row)
        say(f"streams {row['connected']} of {companies} companies: {row['deliveries']} deliveries, whole {row['whole']}")
    return rows


def node_figures(nodes):
    names = ("connected", "deliveries", "missing", "duplicate", "out_of_order", "latency_p50_ms", "latency_p99_ms")
    return [{name: one[name] for name in names} for one in nodes.values()]


def companies(root, build, quick, say):
    """Companies with a stream on each of two nodes out of five: many, few, and few with the streams of the many."""
    count, many = 5, 1000 if quick else 10000
    rows = []
    with Stage(root, build, count) as stage:
        for active, each, rate in ((100, 2, 500), (100, 2 * many // 100, 0), (many, 2, 500)):
            write = {"companies": active, "rate": rate, "seconds": 3 if quick else 10, "settle": 2, "idle": 3 if quick else 15}
            share = active * each // count
            listen = {number: {"streams": share, "first-company": number * (active // count)} for number in range(count)}
            row, nodes = stage.shared(write, listen)
            row |= {"companies": active, "streams_each": each, "rate": rate, "per_node": node_figures(nodes)}
            rows.append(row)
            say(f"companies {active} x {each}: idle {sum(row['idle_nodes_cpu_percent']):.1f} %, whole {row['whole']}")
    return rows


PARTS = {"latency": latency, "intake": intake, "streams": streams, "companies": companies}
