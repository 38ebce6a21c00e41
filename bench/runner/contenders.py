"""Everything that is measured: how each one is started, and how `load` writes to it and listens to it.

A contender is a function that takes a Place and returns a running Server, or raises Missing where it can't run here."""

import os
import shutil

from .postgres import Cluster, folder_of_programs
from .process import Server, database_environment, free_port

STREAM_LIMIT = 20000


class Missing(Exception):
    """Says what is not installed."""


class Place:
    """Where a contender finds its binaries and leaves its files."""

    def __init__(self, root, build, folder):
        self.root = root  # of the repository
        self.build = build  # with the release server and the tools
        self.folder = folder  # emptied for every start

    def file(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path

    def folder_of(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    def peer(self, name):
        return os.path.join(self.root, "bench", "peers", name)


def binary(name, otherwise=""):
    """The path of a program, which a variable like MERCURE_BIN may name."""
    found = shutil.which(os.environ.get(f"{name.upper()}_BIN", name)) or otherwise
    if not found:
        raise Missing(f"no {name} (set {name.upper()}_BIN to its path)")
    return found


def url_flags(port, **more):
    flags = {"subscribe": f"http://127.0.0.1:{port}/sub/{{channel}}", "publish": f"http://127.0.0.1:{port}/pub/{{channel}}"}
    flags.update(more)
    return flags


def chatmesh_command(place, port, operations, database, *options):
    """The release server, without the limits that one load client alone would meet."""
    return [
        os.path.join(place.build, "app", "chatmesh"),
        f"--http.port={port}",
        f"--ops.port={operations}",
        "--limits.streams-per-member=0",
        "--limits.rate=off",
        "--log.level=warn",
        f"--database.url={database}",
        *options,
    ]


def chatmesh(*options, database="sqlite"):
    """The release server with an empty database of its own."""

    def start(place):
        port, ops = free_port(), free_port()
        server = Server({"api": str(port)})
        url = f"sqlite:{place.file('chatmesh.db')}"
        if database == "postgres":
            if not folder_of_programs():
                raise Missing("no PostgreSQL (Debian: postgresql)")
            server.cluster = Cluster(place.folder)
            url = server.cluster.url()
        command = chatmesh_command(place, port, ops, url, *options)
        server.start(command, port, place.file("log"), env=database_environment())
        return server

    return start


def raw(*options):
    """The floor: a hub of one thread that only sends."""

    def start(place):
        port = free_port()
        server = Server(url_flags(port))
        server.start([os.path.join(place.build, "bench", "raw"), f"--port={port}", *options], port, place.file("log"))
        return server

    return start


def node(script):
    def start(place):
        if not os.path.isdir(place.peer("node_modules")):
            raise Missing("no bench/peers/node_modules (npm ci --prefix bench/peers)")
        port = free_port()
        server = Server(url_flags(port))
        environment = dict(os.environ, PORT=str(port), NODE_ENV="production")
        server.start([binary("node"), place.peer(script)], port, place.file("log"), env=environment)
        return server

    return start


NGINX = """
load_module {modules}/ngx_nchan_module.so;
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {limit};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {limit}; multi_accept on; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_body_buffer_size 64k;
  nchan_shared_memory_size 256M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location ~ /pub/(\\w+)$ {{
      nchan_publisher http;
      nchan_channel_id $1;
      nchan_message_buffer_length 100;
      nchan_message_timeout 10s;
    }}
    location ~ /sub/(\\w+)$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


def nchan(place):
    """nginx with nchan, one worker; it keeps the last 100 messages of a channel in memory."""
    modules = "/usr/lib/nginx/modules"
    if not os.path.exists(f"{modules}/ngx_nchan_module.so"):
        raise Missing("no nchan (Debian: libnginx-mod-nchan)")
    port = free_port()
    user = "user root;" if os.getuid() == 0 else ""
    text = NGINX.format(modules=modules, user=user, limit=STREAM_LIMIT - 100, folder=place.folder, port=port)
    server = Server(url_flags(port))
    command = [binary("nginx", "/usr/sbin/nginx"), "-c", place.file("nginx.conf", text), "-p", place.folder]
    server.start(command, port, place.file("log"))
    return server


PUSHPIN = """
[global]
include={{libdir}}/internal.conf
rundir={run}
ipc_prefix=bench-
[runner]
services=condure,zurl,pushpin-proxy,pushpin-handler
http_port=127.0.0.1:{port}
logdir={logs}
log_level=1
client_buffer_size=8192
client_maxconn={limit}
condure_bin=condure
zurl_bin=zurl
[proxy]
routesfile={routes}
zurl_out_specs=ipc://{run}/bench-zurl-in
zurl_out_stream_specs=ipc://{run}/bench-zurl-in-stream
zurl_in_specs=ipc://{run}/bench-zurl-out
updates_check=off
[handler]
push_in_http_addr=127.0.0.1
push_in_http_port={publish}
push_in_http_max_body_size=1000000
push_in_spec=tcp://127.0.0.1:{spec}
push_in_sub_specs=tcp://127.0.0.1:{sub}
command_spec=tcp://127.0.0.1:{command}
stats_spec=ipc://{run}/stats
message_rate=1000000
message_hwm=1000000
"""


def pushpin(place):
    """Pushpin, all its processes, and the small backend that says which channel a stream is of."""
    program = binary("pushpin")
    node_program = binary("node")
    port, publish, backend = free_port(), free_port(), free_port()
    routes = place.file("routes", f"* 127.0.0.1:{backend}\n")
    text = PUSHPIN.format(
        run=place.folder_of("run"), logs=place.folder_of("logs"), routes=routes, port=port, publish=publish,
        limit=STREAM_LIMIT - 1000, spec=free_port(), sub=free_port(), command=free_port(),
    )
    frame = '{"items":[{"channel":"{channel}","formats":{"http-stream":{"content":"event: message\\ndata: {data}\\n\\n"}}}]}'
    server = Server(
        {
            "subscribe": f"http://127.0.0.1:{port}/sub/{{channel}}",
            "publish": f"http://127.0.0.1:{publish}/publish/",
            "publish-type": "application/json",
            "publish-body": frame,
            "connect-window": "16",  # beyond it, it refuses some
        }
    )
    environment = dict(os.environ, PORT=str(backend))
    server.start([node_program, place.peer("grip_backend.mjs")], backend, place.file("backend.log"), env=environment)
    server.start([program, f"--config={place.file('pushpin.conf', text)}"], port, place.file("log"), publish)
    return server


def node_rest(place):
    """The same REST routes on plain Node and better-sqlite3."""
    if not os.path.isdir(place.peer("node_modules")):
        raise Missing("no bench/peers/node_modules (npm ci --prefix bench/peers)")
    port = free_port()
    server = Server({"api": str(port)})
    environment = dict(database_environment(), PORT=str(port), DATABASE=place.file("rest.db"), NODE_ENV="production")
    command = [binary("node"), place.peer("rest_server.mjs")]
    server.start(command, port, place.file("log"), env=environment)
    return server
