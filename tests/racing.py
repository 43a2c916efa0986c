"""Several at once: acts that begin together, each in a thread and a connection of its own.

They are connected before they begin, as the threads of a web server are: else the first is done before the last has begun.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised, all of them begun at the same moment in threads of their own."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            outcomes[number] = act()
        except Exception as error:  # noqa: BLE001 - an outcome like any other
            outcomes[number] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes
