"""A receiver that outlives the workers which are killed while they talk to it: it counts what reached it, by key."""

import os
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = "TESTS_RECEIVER_PORT"


@dataclass
class Received:
    """`deliveries`: how often each key came, as a receiver without memory sees it; one that honours keys sees each once."""

    port: int = 0
    deliveries: Counter[str] = field(default_factory=Counter)

    @property
    def repeated(self) -> int:
        return self.deliveries.total() - len(self.deliveries)


@contextmanager
def counting_receiver(pause: float) -> Iterator[Received]:
    """Note each key and wait before the answer, so that kills fall between sending and recording as well."""
    received, lock = Received(), threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            # Whoever sends may be killed at any moment.
            with suppress(OSError):
                for line in self.rfile:
                    with lock:
                        received.deliveries[line.decode().strip()] += 1
                    time.sleep(pause)
                    self.wfile.write(b"ok\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        received.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield received
        finally:
            server.shutdown()
            thread.join(timeout=5)


class ToReceiver(BaseEmailBackend):
    """Sends the key of each message to the receiver and waits for its answer, as a mail server is waited for."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            with socket.create_connection(("127.0.0.1", int(os.environ[NAME])), timeout=10) as connection:
                connection.sendall(f"{mail.extra_headers['Message-ID']}\n".encode())
                if connection.recv(8) != b"ok\n":
                    raise OSError("the receiver did not answer")
        return len(email_messages)
