"""Several ChatMesh nodes on one private PostgreSQL, linked to each other on loopback."""

import time
import urllib.request

from .contenders import Missing, chatmesh_command
from .postgres import Cluster, folder_of_programs
from .process import Server, database_environment, descendants, free_port

LINK_SECONDS = 20


class Nodes:
    """Started by the constructor, each with links to all others; ended by leaving the `with` block."""

    def __init__(self, place, count):
        if not folder_of_programs():
            raise Missing("no PostgreSQL (Debian: postgresql)")
        self.server = Server({})
        self.ports = []
        self.operations = []
        self.server.cluster = Cluster(place.folder)
        try:
            for number in range(count):
                self.start(place, f"node-{number + 1}")
            self.wait_for_links()
        except BaseException:
            self.server.stop()
            raise

    def start(self, place, name):
        port, operations, links = free_port(), free_port(), free_port()
        options = ("--cluster.enabled=on", f"--cluster.listen=127.0.0.1:{links}", f"--node.name={name}")
        command = chatmesh_command(place, port, operations, self.server.cluster.url(), *options)
        self.server.start(command, port, place.file(f"{name}.log"), operations, env=database_environment())
        self.ports.append(port)
        self.operations.append(operations)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()

    def pids(self):
        """Of each node."""
        return [process.pid for process in self.server.processes]

    def database_pids(self):
        return descendants(self.server.cluster.process.pid)

    def metrics(self, number):
        """The cluster's counters of a node, by their names without `chatmesh_cluster_`."""
        url = f"http://127.0.0.1:{self.operations[number]}/metrics"
        with urllib.request.urlopen(url, timeout=LINK_SECONDS) as answer:
            lines = answer.read().decode().splitlines()
        prefix = "chatmesh_cluster_"
        found = (line.removeprefix(prefix).split() for line in lines if line.startswith(prefix))
        return {words[0]: float(words[1]) for words in found if "{" not in words[0]}

    def wait_for_links(self):
        deadline = time.monotonic() + LINK_SECONDS
        others = len(self.ports) - 1
        while any(self.metrics(number)["links"] < others for number in range(len(self.ports))):
            if time.monotonic() > deadline:
                raise RuntimeError("the nodes have not found each other")
            time.sleep(0.1)
