"""A provider of sign-in on this machine, with real keys: it says of who comes whatever a test lets it say."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.test import Client as Browser

CLIENT = "casework"
CALLBACK = "/account/organisation/answer/"


class Provider:
    """`claims` are added to what it says; `key` signs it, by default the one that it publishes."""

    def __init__(self) -> None:
        self.published = generate_private_key(65537, 2048)
        self.key: RSAPrivateKey = self.published
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, **self.claims}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k"})

    def answer_to(self, asked: str) -> Any:
        path = urlsplit(asked).path
        if path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
            return {"keys": [{**key, "kid": "k", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            return {"access_token": "thrown-away", "token_type": "Bearer", "id_token": self.token()}
        names = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        return {"issuer": self.address, **{name: self.address + there for name, there in names.items()}}

    def visit(self, browser: Browser, start: str, **claims: Any) -> Any:
        """Go there from `start`, be who `claims` say, come back; return the answer to that."""
        self.claims = claims
        there = browser.get(start)
        assert there["Location"].startswith(f"{self.address}/authorize?"), there
        self.asked = dict(parse_qsl(urlsplit(there["Location"]).query))
        return browser.get(CALLBACK, {"code": "c", "state": self.asked["state"]})


def _handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            provider.sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())  # type: ignore[attr-defined]  # for the test to look at
            self._answer()

        def _answer(self) -> None:
            body = json.dumps(provider.answer_to(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(timeout=5)
