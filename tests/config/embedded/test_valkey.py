import signal
import stat

import pytest
import redis

from casework.config.embedded import processes, valkey
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Stopped, StopSignals


def test_it_answers_on_its_socket_alone_and_keeps_nothing(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    child = valkey.start_server(environment, places, with_us=True, stop=stop)
    client = redis.Redis(unix_socket_path=str(places.valkey_socket))

    assert client.ping()
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("save") == {"save": ""}
    assert client.config_get("appendonly") == {"appendonly": "no"}
    assert stat.S_IMODE(places.valkey_socket.stat().st_mode) == 0o700

    client.close()
    assert processes.end([child], stop, seconds=10) == []
    assert list(places.valkey_socket.parent.iterdir()) == []


def test_it_starts_over_the_socket_of_one_that_was_killed(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    killed = valkey.start_server(environment, places, with_us=True, stop=stop)
    killed.kill()
    killed.process.wait()
    assert places.valkey_socket.exists()
    assert not valkey.answers(places.valkey_socket)

    child = valkey.start_server(environment, places, with_us=True, stop=stop)

    assert valkey.answers(places.valkey_socket)
    processes.end([child], stop, seconds=10)


def test_a_signal_while_it_starts_leaves_no_server(environment: Environment, places: Places, stop: StopSignals) -> None:
    stop.received.append(signal.SIGTERM)

    with pytest.raises(Stopped):
        valkey.start_server(environment, places, with_us=True, stop=stop)

    assert not valkey.answers(places.valkey_socket)
