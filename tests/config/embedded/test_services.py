import fcntl
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.config.embedded import postgres, processes, services, valkey
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Child, Identity, Stopped, StopSignals
from casework.config.embedded.refusal import Refusal
from casework.config.embedded.services import Wanted

from .conftest import made_places

BROKER = Wanted(postgres=False, valkey=True)  # the quicker of the two, where either will do
BOTH = Wanted(postgres=True, valkey=True)


@pytest.fixture
def places(open_directory: Path) -> Iterator[Places]:
    """Places of which nothing is left running."""
    places = made_places(open_directory)
    yield places
    services.end_leftovers(places, StopSignals())


def nobody_hears(_line: str) -> None: ...


def alive(places: Places) -> set[str]:
    return {name for name, (identity, _) in services.noted(places)[1].items() if identity.lives()}


def test_servers_named_in_the_environment_are_not_ours_to_run() -> None:
    assert Wanted.by({}) == BOTH
    assert Wanted.by({"DATABASE_URL": "postgres://db/casework"}) == BROKER
    assert Wanted.by({"BROKER_URL": "redis://broker"}) == Wanted(postgres=True, valkey=False)


def test_a_second_run_is_told_where_the_first_one_is(places: Places, stop: StopSignals) -> None:
    with services.the_only_run(places, "http://localhost:8123/", stop):
        with (
            pytest.raises(Refusal, match=rf"already running at http://localhost:8123/ \(process {os.getpid()}\)"),
            services.the_only_run(places, "http://localhost:9999/", stop),
        ):
            pass
        assert services.port_of_run(places) == 8123

    assert services.where_it_runs(places) is None
    assert services.port_of_run(places) is None


def test_a_look_at_whether_it_runs_does_not_get_in_the_way_of_a_start(places: Places, stop: StopSignals) -> None:
    looking = services.try_lock(places.run / "running", fcntl.LOCK_SH)
    assert looking is not None
    threading.Timer(0.3, looking.close).start()

    with services.the_only_run(places, "http://localhost:8000/", stop):
        assert services.where_it_runs(places)


def test_a_lock_dies_with_its_holder(places: Places) -> None:
    child = os.fork()
    if child == 0:
        services.try_lock(places.run / "running", fcntl.LOCK_EX)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    assert services.where_it_runs(places) is None


def test_a_command_starts_the_servers_on_sockets_alone_and_stops_them(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    with services.servers_for_command(environment, places, BOTH, stop=stop, say=nobody_hears):
        assert alive(places) == {"postgres", "valkey"}
        started = services.noted(places)[1]
        assert listening_on_tcp({identity.pid for identity, _ in started.values()}) == set()

    assert alive(places) == set()
    assert not any(identity.lives() for identity, _ in started.values())
    assert not valkey.answers(places.valkey_socket)


def test_the_last_of_two_commands_stops_the_servers(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    first = services.servers_for_command(environment, places, BROKER, stop=stop, say=nobody_hears)
    second = services.servers_for_command(environment, places, BROKER, stop=stop, say=nobody_hears)
    first.__enter__()
    second.__enter__()
    started = services.noted(places)[1]["valkey"][0]

    first.__exit__(None, None, None)
    assert started.lives()

    second.__exit__(None, None, None)
    assert not started.lives()


def test_a_command_uses_the_servers_of_a_run_and_leaves_them(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    with services.the_only_run(places, "http://localhost:8000/", stop):
        children = services.start_for_run(environment, places, BROKER, stop=stop, say=nobody_hears)

        with services.servers_for_command(environment, places, BROKER, stop=stop, say=nobody_hears):
            assert services.noted(places)[1]["valkey"][0] == children[0].identity

        assert children[0].poll() is None
        processes.end(children, stop, seconds=10)


def test_a_command_waits_for_a_run_that_is_about_to_start_its_servers(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    said: list[str] = []

    def then_somebody_stops_it(line: str) -> None:
        said.append(line)
        stop.received.append(signal.SIGINT)

    with (
        services.the_only_run(places, "http://localhost:8000/", stop),
        pytest.raises(Stopped),
        services.servers_for_command(environment, places, BROKER, stop=stop, say=then_somebody_stops_it),
    ):
        pass

    assert said == ["Waiting for bin/run to start its servers ..."]


def test_a_command_does_not_end_a_run_that_has_other_servers(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    with services.the_only_run(places, "http://localhost:8000/", stop):
        children = services.start_for_run(environment, places, BROKER, stop=stop, say=nobody_hears)

        with (
            pytest.raises(Refusal, match="without a server that this command would use"),
            services.servers_for_command(environment, places, BOTH, stop=stop, say=nobody_hears),
        ):
            pass

        assert children[0].poll() is None
        processes.end(children, stop, seconds=10)


def test_a_run_waits_for_a_command_to_finish(environment: Environment, places: Places, stop: StopSignals) -> None:
    said: list[str] = []
    command = services.servers_for_command(environment, places, BROKER, stop=stop, say=nobody_hears)
    command.__enter__()
    of_command = services.noted(places)[1]["valkey"][0]

    def then_it_finishes(line: str) -> None:
        said.append(line)
        command.__exit__(None, None, None)

    children = services.start_for_run(environment, places, BROKER, stop=stop, say=then_it_finishes)

    assert said == ["Waiting for a bin/manage command on these data to finish ..."]
    assert children[0].identity != of_command
    assert services.noted(places)[0] == "run"
    processes.end(children, stop, seconds=10)


def test_what_a_killed_run_left_is_ended_before_the_next_begins(
    environment: Environment, places: Places, stop: StopSignals
) -> None:
    # Not bound to us, as where the kernel cannot bind it.
    left = services.start_servers(environment, places, BOTH, with_us=False, stop=stop)
    straggler = processes.start(
        "web", ["/bin/sleep", "600"], log=places.logs / "web.log", environ={}, cwd=places.home, with_us=False
    )
    services.note(places, "run", [*left, straggler])

    children = services.start_for_run(environment, places, BOTH, stop=stop, say=nobody_hears)

    assert all(child.poll() is not None for child in (*left, straggler))
    assert {child.name for child in children} == alive(places) == {"postgres", "valkey"}
    processes.end(children, stop, seconds=10)


def test_a_number_that_now_belongs_to_somebody_else_is_left_alone(places: Places, stop: StopSignals) -> None:
    bystander = processes.start(
        "bystander", ["/bin/sleep", "600"], log=places.logs / "log", environ={}, cwd=places.home
    )
    (places.run / "processes.json").write_text(
        json.dumps(
            {
                "owner": "run",
                "processes": [
                    {"name": "web", "pid": bystander.process.pid, "started": "an earlier boot/17", "ends_with": 15}
                ],
            }
        )
    )

    services.end_leftovers(places, stop)

    assert bystander.poll() is None
    bystander.kill()
    bystander.process.wait()


def test_if_one_server_does_not_start_the_other_does_not_stay(
    environment: Environment, places: Places, stop: StopSignals, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []
    start_server = postgres.start_server

    def noted(*args: object, **kwargs: object) -> Child:
        started.append(start_server(*args, **kwargs))  # type: ignore[arg-type]
        return started[0]

    monkeypatch.setattr(postgres, "start_server", noted)
    places.valkey_socket.mkdir()  # so that Valkey cannot make its socket

    with pytest.raises((Refusal, OSError)):
        services.start_servers(environment, places, BOTH, with_us=True, stop=stop)

    assert started[0].poll() is not None


def test_a_record_that_is_torn_is_no_record(places: Places) -> None:
    (places.run / "processes.json").write_text('{"owner": "run", "proc')

    assert services.noted(places) == ("", {})
    assert Identity.of(os.getpid()) is not None


def listening_on_tcp(numbers: set[int]) -> set[int]:
    """Return those of the processes that listen on TCP, by the kernel's tables."""
    listening = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                listening.add(f"socket:[{fields[9]}]")
    found = set()
    for number in numbers:
        for descriptor in Path(f"/proc/{number}/fd").iterdir():
            if descriptor.is_symlink() and str(descriptor.readlink()) in listening:
                found.add(number)
    return found


def test_the_look_at_the_kernels_tables_finds_a_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)):
        assert listening_on_tcp({os.getpid()}) == {os.getpid()}
