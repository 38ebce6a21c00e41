"""What a result has to name: machine, commit, and how quiet it was."""

import os
import platform
import subprocess
import time


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def field_of(text, name):
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def git(root, *arguments):
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def describe(root):
    """A dictionary of facts for the head of the results."""
    changed = git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/results")
    return {
        "cpu": field_of(read("/proc/cpuinfo"), "model name"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(field_of(read("/proc/meminfo"), "MemTotal").split()[0]) / 2**20, 1),
        "kernel": platform.release(),
        "system": field_of(read("/etc/os-release").replace("=", ":"), "PRETTY_NAME").strip('"'),
        "commit": git(root, "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else ""),
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "load_before": round(os.getloadavg()[0], 2),
    }
