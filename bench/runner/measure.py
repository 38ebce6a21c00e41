"""Runs the loads: for each one, round by round, every contender once (A B C, A B C ...), each on a server of its own."""

import json
import os
import shutil
import subprocess
import tempfile

from .contenders import Missing, Place
from .loads import EVENT_BYTES, Load
from .process import FlushCount

RUN_SECONDS = 900


class Bench:
    """`contenders`: name -> (kind, start function with options -> start). `say` gets a line for each run."""

    def __init__(self, root, build, contenders, say):
        self.root = root
        self.build = build
        self.contenders = contenders
        self.say = say
        self.skipped = {}  # name -> why
        self.overheads = {}  # (name, body bytes) -> bytes of a frame beyond its data
        self.frame_bytes = {}  # body bytes of an object -> bytes of its frame

    def once(self, name, load, seconds, extra=()):
        """One run on a server of its own; answers what the client printed, or {"error": ...}."""
        folder = tempfile.mkdtemp(prefix="bench-")
        try:
            server = self.contenders[name].start(extra)(Place(self.root, self.build, folder))
        except (Missing, RuntimeError) as fault:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(fault, Missing):
                self.skipped[name] = str(fault)
            return {"error": str(fault)}
        try:
            if load.kind == "flushes":
                return self.flushes(server, load, self.flags(name, load, seconds))
            return self.client(server, load, self.flags(name, load, seconds))
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def flushes(self, server, load, flags):
        """A run of its own, since counting may slow it down: the flushes of all its writes, those that fill the server
        included."""
        with FlushCount(server) as counted:
            found = self.client(server, load, flags)
        if "error" not in found and counted.count is not None:
            found["flushes_per_write"] = counted.count / found["requests_in_all"]
        return found

    def client(self, server, load, flags):
        flags = {**server.load_flags, **flags, "server-pid": ",".join(map(str, server.pids()))}
        program = "load" if load.kind == "streams" else "requests"
        command = [os.path.join(self.build, "bench", program)] + [f"--{key}={value}" for key, value in flags.items()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return {"error": f"no end after {RUN_SECONDS} s"}
        if done.returncode != 0:
            return {"error": done.stderr.strip()}
        return json.loads(done.stdout)

    def flags(self, name, load, seconds):
        flags = dict(load.flags, seconds=load.seconds or seconds)
        if load.kind == "streams":
            flags["body-bytes"] = load.body_bytes
            if self.contenders[name].kind not in ("chatmesh",):
                frame = self.frame_bytes.get(load.body_bytes, load.body_bytes + 300)
                flags["body-bytes"] = frame - self.overheads.get(name, 0)
        return flags

    def calibrate(self, body_sizes):
        """Finds out how large the server's frames are, and what each contender adds to its data: all are to send
        frames of the same size."""
        flags = {"mode": "rate", "streams": 2, "rate": 50, "settle": 2}
        for size in body_sizes:
            for name in self.named("chatmesh")[:1]:
                found = self.once(name, Load("calibrate", "", flags, body_bytes=size), 2)
                if "error" in found:
                    raise RuntimeError(f"{name}: {found['error']}")
                self.frame_bytes[size] = round(found["bytes_per_delivery"])
        for name in self.named("raw") + self.named("peer"):
            found = self.once(name, Load("calibrate", "", flags, body_bytes=EVENT_BYTES), 2)
            if "error" not in found and found["deliveries"] > 0:
                sent = self.frame_bytes.get(EVENT_BYTES, EVENT_BYTES + 300)
                self.overheads[name] = round(found["bytes_per_delivery"]) - sent
            elif name not in self.skipped:
                self.skipped[name] = found.get("error", "delivered nothing")
            if name in self.skipped:
                self.say(f"skipping {name}: {self.skipped[name]}")

    def named(self, kind):
        return [name for name, one in self.contenders.items() if one.kind == kind]

    def takes_part(self, name, load):
        one = self.contenders[name]
        if name in self.skipped or (load.only and one.kind not in load.only):
            return False
        if load.kind == "streams":
            return one.kind not in ("rest", "durable") and load.streams <= one.most_streams
        return one.kind in ("chatmesh", "rest", "durable")

    def extra(self, name, load, linger):
        """Options that only this load gives a contender; None where it has no such thing."""
        options = load.more.get(self.contenders[name].kind, [])
        if any("{linger}" in option for option in options) and not linger:
            return None
        return [option.replace("{linger}", linger or "") for option in options]

    def run(self, loads, rounds, seconds, linger, keep):
        """All rounds of all loads; `keep(run)` gets each result as it comes."""
        for load in loads:
            for number in range(1, rounds + 1):
                for name in self.contenders:
                    extra = self.extra(name, load, linger)
                    if extra is None or not self.takes_part(name, load):
                        continue
                    found = self.once(name, load, seconds, extra)
                    keep({"load": load.name, "contender": name, "round": number, **found})
                    self.say(line_of(load, name, number, found))


def line_of(load, name, number, found):
    """What a run tells on the console."""
    if "error" in found:
        return f"{load.name:20} {name:16} round {number}: {found['error']}"
    if load.kind != "streams":
        told = f"{found['requests_per_s']:9.0f} requests/s, p99 {found['latency_p99_ms']:.2f} ms"
        told += f", {found['flushes_per_write']:.3f} flushes/write" if "flushes_per_write" in found else ""
    else:
        told = f"{found['server_cpu_us_per_delivery']:8.2f} us/delivery, p99 {found['latency_p99_ms']:.2f} ms"
    return f"{load.name:20} {name:16} round {number}: {told}{'' if found['whole'] else '  NOT WHOLE'}"
