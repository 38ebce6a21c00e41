"""The results as Markdown."""

from .summary import ALONE_OF, FLOOR, commit_ratios, fan_out_alone

COLUMNS = (
    ("CPU/delivery µs", "server_cpu_us_per_delivery", "{:.2f}"),
    (f"÷ {FLOOR}", "ratio", "{:.2f}"),
    ("p50 ms", "latency_p50_ms", "{:.2f}"),
    ("p99 ms", "latency_p99_ms", "{:.2f}"),
    ("p99.9 ms", "latency_p999_ms", "{:.2f}"),
    ("deliveries/s", "deliveries_per_s", "{:,.0f}"),
    ("CPU/connect µs", "cpu_us_per_connect", "{:.0f}"),
    ("KiB/stream", "resident_kib_per_stream", "{:.2f}"),
    ("growth MiB", "resident_growth_mib", "{:.1f}"),
    ("client µs", "client_cpu_us_per_delivery", "{:.2f}"),
)
REQUEST_COLUMNS = (
    ("requests/s", "requests_per_s", "{:,.0f}"),
    ("p50 ms", "latency_p50_ms", "{:.2f}"),
    ("p99 ms", "latency_p99_ms", "{:.2f}"),
    ("server CPU µs", "server_cpu_us_per_request", "{:.0f}"),
)
WRITES = (
    ("CPU/write µs", "server_cpu_us_per_write", "{:,.0f}"),
    ("of it the commit", "commit_cpu_us_per_write", "{:.0f}"),
)
EXTRAS = {
    "idle": (("idle CPU, % of a core", "idle_cpu_percent", "{:.2f}"), ("kernel KiB/stream, both ends", "kernel_kib_per_stream", "{:.1f}")),
    "storm": (
        ("storm s", "storm_s", "{:.2f}"),
        ("answers p99 ms, quiet", "answer_p99_ms", "{:.1f}"),
        ("answers p99 ms, storm", "storm_answer_p99_ms", "{:.1f}"),
    ),
    "companies": WRITES,
    "writes": WRITES,
    "grow": WRITES,
    "latency": ((f"p99 ÷ {FLOOR}", "p99_ratio", "{:.2f}"),),
    "fan": ((f"connect ÷ {FLOOR}", "connect_ratio", "{:.1f}"), *WRITES),
    "stalled": (("stalled caught up s", "lazy_catch_up_s", "{:.2f}"),),
}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def cell_row(name, cell, columns):
    if not cell["rounds"]:
        return [name, f"does not count: {cell['why']}"] + [""] * (len(columns) - 1)
    row = [name + (f" ({cell['broken']} of {cell['broken'] + cell['rounds']} runs do not count)" if cell["broken"] else "")]
    return row + [layout.format(cell[metric]) if metric in cell else "" for _, metric, layout in columns]


def stream_section(load, cells, names, noise):
    columns = COLUMNS + EXTRAS.get(load.name.split("-")[0], ())
    rows = [cell_row(name, cells[(load.name, name)], columns) for name in names if (load.name, name) in cells]
    if not rows:
        return []
    spread = f" · spread of {FLOOR} over the rounds: {100 * noise[load.name]:.0f} %" if load.name in noise else ""
    head = ["", f"### {load.title}", "", f"`{load.name}`{spread}", ""]
    return head + table([""] + [title for title, _, _ in columns], rows)


def request_section(loads, cells, names):
    rows = []
    for load in loads:
        for name in names:
            if (load.name, name) in cells:
                rows.append([load.title] + cell_row(name, cells[(load.name, name)], REQUEST_COLUMNS))
    if not rows:
        return []
    return ["", "## Requests", ""] + table(["", ""] + [title for title, _, _ in REQUEST_COLUMNS], rows)


def commit_section(cells, names):
    """What group commit is worth."""
    rows = [
        [name, clients, f"{rate:.1f}", f"{p99:.1f}"]
        for name in names
        if name in ALONE_OF
        for clients, rate, p99 in commit_ratios(cells, name)
    ]
    flushes = [
        f"{name} {cell['flushes_per_write']:.3f}" for (_, name), cell in cells.items() if "flushes_per_write" in cell
    ]
    lines = []
    if rows:
        head = ["", "clients (of companies)", "writes/s ÷ one transaction a write", "p99 ÷ that of a single flushed commit"]
        lines += ["", "### Group commit", ""] + table(head, rows)
    if flushes:
        lines += ["", f"Flushes to the disk for each write, 64 clients: {', '.join(flushes)}."]
    return lines


def head_lines(facts, options, skipped, frame_bytes):
    lines = [
        "# Results",
        "",
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gib']} GiB, {facts['system']}, Linux {facts['kernel']}; "
        f"commit {facts['commit']}; {facts['date']}; load of the machine before: {facts['load_before']}.",
        "",
        f"`{options}`. Medians of interleaved rounds; ratios are medians of each round's ratio. "
        "bench/README.md says what the columns mean.",
    ]
    if frame_bytes:
        sizes = ", ".join(f"{size} for objects of {body}" for body, size in frame_bytes.items())
        lines += ["", f"Bytes of a frame on the wire, of all contenders: {sizes}."]
    lines += [f"- not measured: {name}: {why}" for name, why in skipped.items()]
    return lines


def markdown(facts, options, bench, loads, cells, noise, plots):
    """The whole page; `plots` are the file names of its pictures."""
    names = list(bench.contenders)
    lines = head_lines(facts, options, bench.skipped, bench.frame_bytes)
    lines += ["", *[f"![{plot}]({plot})" for plot in plots], "", "## Streams"]
    for load in loads:
        if load.kind == "streams":
            lines += stream_section(load, cells, names, noise)
            if load.name.startswith("companies-"):
                lines += net_lines(load, cells, names)
    lines += request_section([load for load in loads if load.kind == "requests"], cells, names)
    lines += commit_section(cells, names)
    return "\n".join(lines) + "\n"


def net_lines(load, cells, names):
    ratios = {name: fan_out_alone(cells, name, load.name) for name in names}
    told = [f"{name} {ratio:.2f}" for name, ratio in ratios.items() if ratio is not None and name != FLOOR]
    return ["", f"The fan-out alone (less the commits, and less the same writes without readers) ÷ {FLOOR}: {', '.join(told)}."] if told else []
