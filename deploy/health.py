"""Asks a web process whether it is fit, as a proxy would: `health.py unix:/run/casework-web/web.sock`, `health.py 127.0.0.1:8000`.

Exit status 0 if it is. Needs nothing but Python.
"""

import http.client
import os
import socket
import sys
from urllib.parse import urlsplit


class Socket(http.client.HTTPConnection):
    """A connection over a socket in the file system."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def main(where: str, page: str = "/readyz") -> int:
    asking = (
        Socket(where.removeprefix("unix:"))
        if where.startswith("unix:")
        else http.client.HTTPConnection(where, timeout=10)
    )
    host = urlsplit(os.environ.get("PUBLIC_URL", "http://localhost")).hostname or "localhost"
    try:
        asking.request("GET", page, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = asking.getresponse()
        said = answer.read(200).decode("utf-8", "replace").splitlines()
    except OSError as error:
        print(f"no answer: {error}")
        return 1
    print(answer.status, *said[:1])
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
