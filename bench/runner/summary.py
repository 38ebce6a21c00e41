"""From single runs to medians. A run that lost an event or a stream counts nowhere."""

from statistics import median

FLOOR = "raw-send"
ALONE_OF = {"chatmesh": "sqlite-alone", "postgres": "postgres-alone"}
RATIOS = (
    ("ratio", "server_cpu_us_per_delivery"),
    ("p99_ratio", "latency_p99_ms"),
    ("connect_ratio", "cpu_us_per_connect"),
)


def summarize(runs):
    """(load, contender) -> the medians of its whole runs, with `rounds`, `broken`, and ratios to the floor in the same
    round (median of the rounds): `ratio` of the CPU per delivery, `p99_ratio`, `connect_ratio`."""
    cells = {}
    for run in runs:
        cell = cells.setdefault((run["load"], run["contender"]), {"whole": [], "broken": []})
        cell["whole" if run.get("whole") else "broken"].append(run)
    floor = {(load, run["round"]): run for (load, name), cell in cells.items() if name == FLOOR for run in cell["whole"]}
    return {key: medians(key[0], cell, floor) for key, cell in cells.items()}


def medians(load, cell, floor):
    whole = cell["whole"]
    # A linger is worth what it saves: all of them are compared with the floor that has none.
    base = "linger-0" if load.startswith("linger-") else load
    result = {"rounds": len(whole), "broken": len(cell["broken"]), "why": fault_of(cell["broken"])}
    if not whole:
        return result
    for name, value in whole[0].items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name != "round":
            result[name] = median(run[name] for run in whole if name in run)
    for name, metric in RATIOS:
        pairs = [(run.get(metric), floor[(base, run["round"])].get(metric)) for run in whole if (base, run["round"]) in floor]
        ratios = [mine / raw for mine, raw in pairs if mine is not None and raw]
        if ratios:
            result[name] = median(ratios)
    return result


def fault_of(broken):
    """In a few words why runs do not count."""
    if not broken:
        return ""
    run = broken[0]
    if "error" in run:
        return run["error"]
    names = ("missing", "missing_lazy", "duplicate", "out_of_order", "foreign", "resets", "closed", "refused", "failed",
             "writes_failed")
    told = [f"{run[name]} {name.replace('_', ' ')}" for name in names if run.get(name)]
    if run.get("connected", 0) < run.get("streams", 0):
        told.append(f"{run['connected']} of {run['streams']} connected")
    return ", ".join(told) or "not everything arrived in time"


def commit_ratios(cells, name):
    """What gathering commits is worth to a contender: for each number of clients (and companies), its writes/s over
    those of the same server with one transaction a write, and its p99 over that of one client alone there, a single
    flushed commit."""
    alone = ALONE_OF.get(name)
    single = cells.get(("write-1", alone), {}).get("latency_p99_ms")
    found = []
    for (load, one), cell in cells.items():
        base = cells.get((load, alone), {}).get("requests_per_s")
        if one == name and load.startswith("write-") and base and single and "requests_per_s" in cell:
            clients = load.removeprefix("write-").replace("x", " of ")
            found.append((clients, cell["requests_per_s"] / base, cell["latency_p99_ms"] / single))
    return sorted(found, key=lambda one: [int(number) for number in one[0].split(" of ")])


def noise(runs):
    """How far the floor itself differs between rounds: load -> (max - min) / median of its CPU per delivery."""
    values = {}
    for run in runs:
        if run["contender"] == FLOOR and run.get("whole"):
            values.setdefault(run["load"], []).append(run.get("server_cpu_us_per_delivery", 0))
    return {load: (max(all_) - min(all_)) / median(all_) for load, all_ in values.items() if len(all_) > 1 and median(all_)}


def fan_out_alone(cells, contender, companies_load, writes_load="writes-alone"):
    """CPU per delivery without the commits, less that of the same writes without readers, as a ratio to the floor's; None
    where unknown. Commits have threads of their own, which cost more where nothing else keeps the processor awake."""

    def besides_commits(cell):
        return cell["server_cpu_us_per_write"] - cell.get("commit_cpu_us_per_write", 0)

    def net(name):
        with_readers, alone = cells.get((companies_load, name), {}), cells.get((writes_load, name), {})
        if "server_cpu_us_per_write" not in with_readers or "server_cpu_us_per_write" not in alone:
            return None
        each = with_readers["deliveries"] / with_readers["writes"]
        return (besides_commits(with_readers) - besides_commits(alone)) / each

    mine, raw = net(contender), net(FLOOR)
    return mine / raw if mine is not None and raw else None
