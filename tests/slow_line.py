"""A line between a browser and a server that is as slow as we say, and that breaks when we say.

Bytes really wait here, unlike with what a browser's own tools slow down: connections are refused, cut in the middle of a form, or
closed when the server has answered and before anybody has heard of it.
"""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator


class SlowLine:
    """Forwards connections from `port` to a server. All of them together carry `rate` bytes a second each way, each byte `delay` late."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.rate = 0.0  # bytes a second, 0: as fast as it goes
        self.delay = 0.0  # seconds for one way
        self.is_down = False  # whoever connects is cut off at once
        self.loses: tuple[str, bytes] | None = None  # ("request" | "answer", what the request holds): cut that one
        self.stays_down = False  # and the line stays down then
        self.lost = 0  # so many were
        self.carried = 0  # bytes that the server sent
        self.most_sent = 0  # bytes that were sent to it over the busiest connection
        self._free_at = {"up": 0.0, "down": 0.0}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)  # what is taken in has nearly been carried
        self.port = int(self._door.getsockname()[1])
        self._start(self._welcome)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """Break every connection that is open."""
        with self._lock:
            found, self._open = self._open, set()
        for each in found:
            _end(each)

    def close(self) -> None:
        self.is_down = True
        _end(self._door)
        self.cut()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _welcome(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            if self.is_down:
                _end(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.server))
            except OSError:  # the server is being restarted
                _end(near)
                continue
            with self._lock:
                self._open |= {near, far}
            asked = threading.Event()  # set once the request was asked whose answer is to be lost
            self._start(self._carry, near, far, "up", asked)
            self._start(self._carry, far, near, "down", asked)

    def _carry(self, come: socket.socket, go: socket.socket, way: str, asked: threading.Event) -> None:
        """Take pieces in as fast as the line carries them, and hand them on when they arrive."""
        on_the_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._start(self._hand_on, on_the_way, go, way)
        # Opening a connection takes once to and fro before anything is said.
        late = 3 * self.delay if way == "up" else self.delay
        taken = 0
        with contextlib.suppress(OSError):
            while (piece := come.recv(1024)) and self._is_carried(piece, way, asked):
                sent_at = self._turn_of(len(piece), way)
                time.sleep(max(0.0, sent_at - time.monotonic()))
                on_the_way.put((sent_at + late, piece))
                late = self.delay
                taken += len(piece)
                self.most_sent = max(self.most_sent, taken if way == "up" else 0)
        on_the_way.put((time.monotonic() + late, b""))
        _end(come)

    def _hand_on(self, on_the_way: "queue.SimpleQueue[tuple[float, bytes]]", go: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while True:
                arrives, piece = on_the_way.get()
                time.sleep(max(0.0, arrives - time.monotonic()))
                if not piece:
                    break
                go.sendall(piece)
                self.carried += len(piece) if way == "down" else 0
        _end(go)

    def _is_carried(self, piece: bytes, way: str, asked: threading.Event) -> bool:
        """Return whether the line holds: not where this is what it loses."""
        if way == "up" and self.loses is not None and self.loses[1] in piece:
            what, self.loses = self.loses[0], None
            self.lost += 1
            if what == "request":
                self._breaks()
                return False
            asked.set()
        if way == "down" and asked.is_set():
            self._breaks()
            return False
        return True

    def _breaks(self) -> None:
        """A browser whose connection is closed tries another that it has, unless all are."""
        if self.stays_down:
            self.is_down = True
            self.cut()

    def _turn_of(self, size: int, way: str) -> float:
        """Return when these bytes are sent, behind those of other connections."""
        with self._lock:
            begins = max(time.monotonic(), self._free_at[way])
            self._free_at[way] = begins + (size / self.rate if self.rate else 0)
            return self._free_at[way]


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


@contextlib.contextmanager
def slow_line(server: int) -> Iterator[SlowLine]:
    line = SlowLine(server)
    try:
        yield line
    finally:
        line.close()
