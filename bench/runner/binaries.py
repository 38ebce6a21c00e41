"""Mercure and Centrifugo: neither is a Debian or npm package, so they run only where MERCURE_BIN and CENTRIFUGO_BIN (or
PATH) lead to a binary. Written after their documentation: Mercure 0.14 and later, Centrifugo 5."""

import base64
import hashlib
import hmac
import json
import os

from .contenders import binary
from .process import Server, free_port

SECRET = "a-key-for-loopback-benchmarks-only"

CADDYFILE = """
{{
  auto_https off
  admin off
}}
http://127.0.0.1:{port} {{
  mercure {{
    publisher_jwt {secret}
    subscriber_jwt {secret}
    anonymous
    transport_url local://local
  }}
}}
"""


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(claims):
    """A JSON Web Token, HS256."""
    text = b".".join(part(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (text + b"." + part(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())).decode()


def mercure(place):
    """Mercure without history: its fastest form."""
    program = binary("mercure")
    port = free_port()
    hub = f"http://127.0.0.1:{port}/.well-known/mercure"
    server = Server(
        {
            "subscribe": hub + "?topic={channel}",
            "publish": hub,
            "publish-type": "application/x-www-form-urlencoded",
            "publish-header": "Authorization: Bearer " + token({"mercure": {"publish": ["*"]}}),
            "publish-body": "topic={channel}&data={data}",
        }
    )
    config = place.file("Caddyfile", CADDYFILE.format(port=port, secret=SECRET))
    environment = dict(os.environ, HOME=place.folder, XDG_DATA_HOME=place.folder, XDG_CONFIG_HOME=place.folder)
    command = [program, "run", "--config", config, "--adapter", "caddyfile"]
    server.start(command, port, place.file("log"), env=environment)
    return server


def centrifugo(place):
    """Centrifugo with unidirectional SSE, anonymous clients, no history."""
    program = binary("centrifugo")
    port = free_port()
    config = {
        "address": "127.0.0.1",
        "port": str(port),
        "uni_sse": True,
        "api_key": SECRET,
        "allow_anonymous_connect_without_token": True,
        "allow_subscribe_for_client": True,
        "allow_subscribe_for_anonymous": True,
        "client_channel_limit": 100,
        "log_level": "error",
    }
    connect = "%7B%22subs%22:%7B%22{channel}%22:%7B%7D%7D%7D"
    server = Server(
        {
            "subscribe": f"http://127.0.0.1:{port}/connection/uni_sse?cf_connect={connect}",
            "publish": f"http://127.0.0.1:{port}/api/publish",
            "publish-type": "application/json",
            "publish-header": f"X-API-Key: {SECRET}",
            "publish-body": '{"channel":"{channel}","data":{"d":"{data}"}}',
        }
    )
    path = place.file("config.json", json.dumps(config))
    server.start([program, "--config", path], port, place.file("log"))
    return server
