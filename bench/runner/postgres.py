"""A private PostgreSQL for one run: a cluster of its own beside where SQLite's file would be, on a socket of its own."""

import glob
import os
import pwd
import shutil
import subprocess
import time

from .process import STOP_SECONDS, database_environment

USER = "postgres"  # where root runs the benchmark: PostgreSQL refuses to run as root
OPTIONS = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "listen_addresses=", "max_connections=64")


def folder_of_programs():
    """Debian keeps them out of PATH, a folder for each version. None where there is no PostgreSQL."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    found = found[-1] if found else shutil.which("initdb")
    return os.path.dirname(found) if found else None


class Cluster:
    """Initialized and started by the constructor, with durable commits; ended by stop()."""

    def __init__(self, folder):
        self.programs = folder_of_programs()
        self.data = os.path.join(folder, "postgres")
        self.socket = os.path.join(folder, "socket")
        self.prefix = []
        os.mkdir(self.socket)
        os.mkdir(self.data, 0o700)
        if os.getuid() == 0:
            owner = pwd.getpwnam(USER)
            self.prefix = ["runuser", "-u", USER, "--"]
            os.chmod(folder, 0o711)
            for path in (self.socket, self.data):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.program("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        settings = [word for option in OPTIONS for word in ("-c", option)]
        with open(os.path.join(folder, "postgres.log"), "ab") as log:
            command = [*self.prefix, os.path.join(self.programs, "postgres"), "-D", self.data, "-k", self.socket, *settings]
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=database_environment()
            )
        self.wait()
        self.ask("CREATE DATABASE chatmesh")

    def program(self, name, *arguments):
        command = [*self.prefix, os.path.join(self.programs, name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr.strip()}")
        return done.stdout.strip()

    def wait(self, seconds=20):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.ask("SELECT 1")
                return
            except RuntimeError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError("PostgreSQL did not start")

    def ask(self, sql, database="postgres"):
        return self.program("psql", "-h", self.socket, "-U", USER, "-d", database, "-At", "-c", sql)

    def url(self):
        return f"postgresql://{USER}@/chatmesh?host={self.socket}"

    def flushes(self):
        """Of the write-ahead log so far. Sessions tell theirs with a delay, so it is asked until nothing is added."""
        last = -1
        while (now := int(self.ask("SELECT wal_sync FROM pg_stat_wal"))) != last:
            last = now
            time.sleep(1.5)
        return last

    def stop(self):
        """In order ("fast"): sessions that are still open are ended. runuser passes the signal on."""
        try:
            self.program("pg_ctl", "-D", self.data, "stop", "-m", "fast", "-t", str(STOP_SECONDS))
        except RuntimeError:
            self.process.terminate()
        self.process.wait(STOP_SECONDS)
