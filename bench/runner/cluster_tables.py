"""The cluster's figures as Markdown."""

from .tables import table

MS, PERCENT, COUNT = "{:.2f}", "{:.1f}", "{:,.0f}"


def spread(values, layout=PERCENT):
    """The least and the most of several, or the one."""
    low, high = layout.format(min(values)), layout.format(max(values))
    return low if low == high else f"{low}–{high}"


def lost(row):
    return COUNT.format(row["missing"] + row["duplicate"] + row["out_of_order"] + row["foreign"] + row["closed"])


def latency(rows):
    head = ["writes/s", "same node p50 ms", "p99", "other nodes p50 ms", "p99", "rounds' p50, same", "others", "other CPU %"]
    lines = []
    for row in rows:
        others = {name: [row[f"node_{n}_{name}"] for n in (2, 3)] for name in ("p50_ms", "p99_ms")}
        rounds = [row[f"node_{n}_p50_ms_of_rounds"] for n in (1, 2, 3)]
        lines.append(
            [
                str(row["rate"]),
                MS.format(row["node_1_p50_ms"]),
                MS.format(row["node_1_p99_ms"]),
                spread(others["p50_ms"], MS),
                spread(others["p99_ms"], MS),
                spread(rounds[0], MS),
                spread(rounds[1] + rounds[2], MS),
                PERCENT.format(row["foreign_cpu_percent"]),
            ]
        )
    told = (
        "Three nodes, 10 companies with a stream on each, all written on the first node: every event goes to all three. "
        "Medians of the rounds."
    )
    return ["", "## Latency on another node", "", told, "", *table(head, lines)]


def intake(rows):
    head = ["nodes that write", "writes/s", "taken/s", "CPU of the taker %", "its CPU an event µs", "a core's worth, events/s",
            "read from the log", "CPU of nodes a write µs", "of PostgreSQL µs", "p99 ms", "other CPU %"]  # fmt: skip
    lines = [
        [
            str(row["writers"]),
            COUNT.format(row["writes_per_s"]),
            COUNT.format(row["taken_per_s"]),
            PERCENT.format(row["taker_cpu_percent"]),
            PERCENT.format(row["taker_cpu_us_per_event"]),
            COUNT.format(1e6 / row["taker_cpu_us_per_event"]),
            COUNT.format(row["read_from_log"]),
            COUNT.format(row["nodes_cpu_us_per_write"]),
            COUNT.format(row["database_cpu_us_per_write"]),
            PERCENT.format(row["latency_p99_ms"]),
            PERCENT.format(row["foreign_cpu_percent"]),
        ]
        for row in rows
    ]
    told = (
        "64 events outstanding on each node that writes (8 companies × 8), each over when the last node has it on a stream; "
        "that node does nothing else. The rate is what the whole machine bears, nodes, PostgreSQL and load client together; "
        "a core's worth is what the taker's CPU would do by itself."
    )
    return ["", "## Events from peers", "", told, "", *table(head, lines)]


def streams(rows):
    head = ["companies", "streams", "writes/s", "deliveries", "lost, doubled, out of order", "p50 ms, by node", "p99 ms, by node",
            "CPU/delivery µs", "CPU of a node %", "idle CPU of a node %", "MiB of a node", "KiB/stream", "kernel KiB/stream",
            "connects/s", "CPU/connect µs", "other CPU %"]  # fmt: skip
    lines = [
        [
            str(row["companies"]),
            COUNT.format(row["connected"]),
            f"{row['rate']:g}",
            COUNT.format(row["deliveries"]),
            lost(row),
            spread([one["latency_p50_ms"] for one in row["per_node"]]),
            spread([one["latency_p99_ms"] for one in row["per_node"]]),
            MS.format(row["nodes_cpu_us_per_delivery"]),
            spread(row["nodes_cpu_percent"]),
            spread(row["idle_nodes_cpu_percent"]),
            spread(row["resident_mib"]),
            MS.format(1024 * sum(row["resident_growth_mib"]) / row["streams"]),
            MS.format(1024 * row["kernel_growth_mib"] / row["streams"]),
            COUNT.format(row["streams"] / row["connect_s"]),
            COUNT.format(row["connect_nodes_cpu_us"]),
            PERCENT.format(row["foreign_cpu_percent"]),
        ]
        for row in rows
    ]
    told = (
        "Five nodes, a load process for each; every company has as many streams on each, so that each event goes to all "
        "nodes. All written on the first one. Kernel memory is of both ends of a connection."
    )
    return ["", "## Live streams", "", told, "", *table(head, lines)]


def companies(rows):
    head = ["companies with streams", "streams of each", "idle: CPU of a node %", "of PostgreSQL %", "queries/s, all nodes",
            "CPU/connect µs", "of PostgreSQL µs", "writes/s", "CPU of nodes a write µs", "of PostgreSQL µs",
            "p50 ms, by node", "p99 ms, by node", "MiB of a node", "lost, doubled, out of order", "other CPU %, idle", "writing"]  # fmt: skip
    lines = [
        [
            COUNT.format(row["companies"]),
            COUNT.format(row["streams_each"]),
            spread(row["idle_nodes_cpu_percent"], MS),
            MS.format(row["idle_database_cpu_percent"]),
            PERCENT.format(row["idle_head_checks"] / row["idle_s"]),
            COUNT.format(row["connect_nodes_cpu_us"]),
            COUNT.format(row["connect_database_cpu_us"]),
            COUNT.format(row["rate"]),
            *written(row),
            spread(row["resident_mib"]),
            lost(row),
            PERCENT.format(row["idle_foreign_cpu_percent"]),
            PERCENT.format(row["foreign_cpu_percent"]),
        ]
        for row in rows
    ]
    told = (
        "Five nodes; each company has its streams on two of them. All written on the first node, spread over all companies "
        "that have streams. Idle: the streams' heartbeats and the comparison of heads, one query a node and second."
    )
    return ["", "## Many companies", "", told, "", *table(head, lines)]


def written(row):
    if not row["rate"]:
        return [""] * 4
    return [
        COUNT.format(row["nodes_cpu_us_per_write"]),
        COUNT.format(row["database_cpu_us_per_write"]),
        spread([one["latency_p50_ms"] for one in row["per_node"]]),
        spread([one["latency_p99_ms"] for one in row["per_node"]]),
    ]


SECTIONS = {"latency": latency, "intake": intake, "streams": streams, "companies": companies}


def markdown(facts, quick, parts, faults):
    """The whole page. A part with a run that lost something has no figures, but says so."""
    lines = [
        "# Several nodes",
        "",
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gib']} GiB, {facts['system']}, Linux {facts['kernel']}; "
        f"commit {facts['commit']}; {facts['date']}; load of the machine before: {facts['load_before']}.",
        "",
        f"`bench/cluster{' --quick' if quick else ''}`, nodes, PostgreSQL and load clients all on this machine. CPU is % of one "
        "core; “other CPU” is what everything else on the machine took meanwhile, the noise. bench/README.md says more.",
    ]
    lines += ["", *[f"- does not count: {fault}" for fault in faults]] if faults else []
    for name, rows in parts.items():
        if all(row["whole"] for row in rows):
            lines += SECTIONS[name](rows)
    return "\n".join(lines) + "\n"
