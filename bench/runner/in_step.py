"""Load processes that go through the phases of one run together; bench/load's --in-step."""

import json
import os
import queue
import subprocess
import threading

PHASES = ("connected", "settled", "idle", "warm", "measuring", "written", "received")  # in the order of load_run.cpp
PHASE_SECONDS = 240
END_SECONDS = 60


class Broken(Exception):
    """A load process ended before its run did, or came to no end."""


class LoadProcess:
    """One `load`; killed on leaving the `with` block where it has not ended."""

    def __init__(self, build, flags):
        command = [os.path.join(build, "bench", "load"), "--in-step"]
        command += [f"--{name}={value}" for name, value in flags.items()]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)
        self.phase = None
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def next(self, seconds):
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise Broken(f"load: nothing for {seconds} s") from None
        if not line:
            raise Broken(self.process.stderr.read().strip() or "load: ended")
        return json.loads(line)

    def reach(self, phase):
        """Returns once it has come to this phase."""
        if self.phase != phase:
            self.phase = self.next(PHASE_SECONDS).get("at")
        if self.phase != phase:
            raise Broken(f"load: at {self.phase} in place of {phase}")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        found = self.next(END_SECONDS)
        self.process.wait(END_SECONDS)
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


def play(processes, mark):
    """Takes all processes from phase to phase; `mark(phase)` is called when all have come to it and none has gone on.
    Answers what each printed at its end."""
    for phase in PHASES:
        for one in processes:
            one.reach(phase)
        mark(phase)
        for one in processes:
            one.go()
    return [one.result() for one in processes]
