"""The loads: what `load` and `requests` are told to do, and who takes part."""

from dataclasses import dataclass, field

EVENT_BYTES = 500
LARGE_BYTES = 16000
MOST_SESSIONS = 16  # a sign-in costs a password's hash
LINGERS_MS = (0, 0.25, 0.5, 1, 2, 5)


@dataclass(frozen=True)
class Load:
    """One line of the results."""

    name: str
    title: str
    flags: dict
    body_bytes: int = EVENT_BYTES
    kind: str = "streams"  # or "requests", or "flushes": requests whose flushes to the disk are counted
    only: tuple = ()  # kinds of contenders; empty = all
    streams: int = 0
    seconds: float = 0  # 0 = what the command line says
    group: str = ""  # of the plot that it belongs to
    x: float = 0  # its place in that plot
    more: dict = field(default_factory=dict)  # flags for the contender, by kind


def fan_out(streams, outstanding):
    burst = outstanding > 1
    flags = {"mode": "closed", "streams": streams, "outstanding": outstanding}
    if burst:
        flags["burst"] = "on"
    return Load(
        name=f"{'burst' if burst else 'fan'}-{streams}",
        title=f"1 company × {streams:,} streams, {outstanding} event{'s' if burst else ''} outstanding",
        flags=flags,
        streams=streams,
        group="burst" if burst else "streams",
        x=streams,
    )


def many_companies(companies, each, rate):
    return Load(
        name=f"companies-{companies}x{each}",
        title=f"{companies:,} companies × {each} streams, {rate} writes/s spread",
        flags={"mode": "rate", "companies": companies, "streams": companies * each, "rate": rate},
        streams=companies * each,
    )


def growing_companies(companies, streams):
    rate = min(500, max(2, companies))
    return Load(
        name=f"grow-{companies}",
        title=f"{streams:,} streams over {companies:,} companies, {rate} writes/s",
        flags={"mode": "rate", "companies": companies, "streams": streams, "rate": rate},
        streams=streams,
        only=("raw", "chatmesh"),
        group="companies",
        x=companies,
    )


def writes_alone(companies, rate):
    return Load(
        name="writes-alone",
        title=f"the same writes without readers: {companies:,} companies, {rate} writes/s, 1 stream",
        flags={"mode": "rate", "companies": companies, "streams": 1, "rate": rate},
        streams=1,
        only=("raw", "chatmesh"),
    )


def latency(streams):
    return Load(
        name=f"latency-{streams}",
        title=f"{streams:,} streams, 10 events/s",
        flags={"mode": "rate", "streams": streams, "rate": 10},
        streams=streams,
    )


def idle(streams, seconds):
    return Load(
        name=f"idle-{streams}",
        title=f"{streams:,} idle streams for {seconds} s",
        flags={"mode": "rate", "streams": streams, "rate": 1, "idle": seconds, "settle": 3},
        streams=streams,
        seconds=1,
    )


def storm(streams, companies, rate, seconds):
    return Load(
        name=f"storm-{streams}" if companies > 1 else f"storm-herd-{streams}",
        title=f"{streams:,} streams of {companies} compan{'ies' if companies > 1 else 'y'} leave together and resume "
        f"together, {rate} writes/s",
        flags={
            "mode": "rate",
            "streams": streams,
            "companies": companies,
            "rate": rate,
            "storm-at": seconds / 3,
            "storm-away": 1,
            "connect-window": 2000,
        },
        streams=streams,
        seconds=seconds,
        only=("chatmesh",),
    )


def stalled(count, seconds):
    return Load(
        name=f"stalled-{count}",
        title=f"50 readers and {count} that never read, 200 events/s of 16 KB, {seconds:g} s",
        flags={"mode": "rate", "streams": 50, "stalled": count, "rate": 200, "drain": 60},
        body_bytes=LARGE_BYTES,
        streams=50 + count,
        seconds=seconds,
    )


def lingering(streams):
    """16 events outstanding without bursts: those that come while others go out are gathered."""
    return [
        Load(
            name=f"linger-{ms}",
            title=f"1 company × {streams:,} streams, 16 outstanding, linger {ms} ms",
            flags={"mode": "closed", "streams": streams, "outstanding": 16},
            streams=streams,
            only=("raw", "chatmesh"),
            group="linger",
            x=ms,
            more={"raw": [f"--linger-us={int(ms * 1000)}"], "chatmesh": [f"--{{linger}}={int(ms * 1000)}us"]},
        )
        for ms in LINGERS_MS
    ]


def requests(route, clients, companies=1):
    """Each client is signed in by itself, but for the many: at most 16 sessions in all."""
    spread = companies > 1
    return Load(
        name=f"{route}-{clients}" + (f"x{companies}" if spread else ""),
        title=f"{route}, {clients} client{'s' if clients > 1 else ''}" + (f" of {companies} companies" if spread else ""),
        flags={
            "route": route,
            "clients": clients,
            "companies": companies,
            "sessions": max(1, min(clients, MOST_SESSIONS) // companies),
        },
        kind="requests",
        only=("chatmesh", "rest", "durable") if route == "write" else ("chatmesh", "rest"),
        group="" if spread else route,
        x=clients,
    )


def flushes(clients):
    return Load(
        name=f"flushes-{clients}",
        title=f"flushes to the disk, {clients} clients",
        flags={"route": "write", "clients": clients, "rows": 64, "warmup": 0, "sessions": 1},
        kind="flushes",
        only=("chatmesh", "durable"),
    )


def full():
    """All loads, in the order of the results."""
    loads = [fan_out(n, 1) for n in (100, 1000, 5000, 18000)]
    loads += [fan_out(n, 16) for n in (1000, 5000, 18000)]
    loads += [many_companies(1000, 18, 500), writes_alone(1000, 500), latency(1000)]
    loads += lingering(1000)
    loads += [idle(18000, 40), storm(18000, 100, 100, 15), storm(18000, 1, 4, 15), stalled(20, 60), stalled(0, 60)]
    loads += [growing_companies(n, 10000) for n in (1, 10, 100, 1000, 10000)]
    loads += [requests(route, n) for route in ("get", "list", "snapshot", "write") for n in (1, 8, 64, 256)]
    loads += [requests("write", 64, companies=16)]
    return loads + [flushes(64)]


def quick():
    """Enough to see that everything works; its figures say little."""
    loads = [fan_out(n, 1) for n in (100, 1000)] + [fan_out(1000, 16)]
    loads += [many_companies(100, 18, 100), writes_alone(100, 100), latency(200), idle(1000, 4), storm(1000, 10, 100, 6)]
    loads += [load for load in lingering(500) if load.x in (0, 1)]
    loads += [stalled(20, 4), stalled(0, 4)]
    loads += [growing_companies(n, 1000) for n in (1, 100)]
    loads += [requests(route, n) for route in ("get", "write") for n in (1, 64)]
    return loads + [flushes(64)]
