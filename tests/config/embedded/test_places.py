import os
import stat
import tempfile
from pathlib import Path

import pytest

from casework.config.embedded import places
from casework.config.embedded.refusal import Refusal

UID = os.geteuid()
as_root = pytest.mark.skipif(UID != 0, reason="needs root")
as_other = pytest.mark.skipif(UID == 0, reason="root may do what this test refuses")


def choose(checkout: Path, lasting: Path = Path("/nonexistent"), **environ: str) -> places.Places:
    return places.choose(checkout=checkout, environ=environ, uid=UID, serves_postgres=True, lasting=lasting)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_data_and_sockets_lie_in_the_checkout_where_they_can(open_directory: Path) -> None:
    chosen = choose(open_directory)

    assert chosen.home == open_directory / ".data"
    assert chosen.sockets == open_directory / ".data" / "sockets"
    assert chosen.elsewhere() == ""


def test_everything_but_the_way_through_is_closed_to_others(open_directory: Path) -> None:
    chosen = choose(open_directory)

    assert {mode(chosen.home / name) for name in places.KEPT} == {0o700}
    assert mode(chosen.postgres_sockets) == mode(chosen.valkey_socket.parent) == 0o700
    assert mode(chosen.home) == (0o711 if UID == 0 else 0o700)


def test_the_data_directory_is_named_by_the_environment(open_directory: Path) -> None:
    assert choose(open_directory, DATA_DIR=str(open_directory / "named")).home == open_directory / "named"


def test_the_same_places_are_chosen_again(open_directory: Path) -> None:
    assert choose(open_directory) == choose(open_directory)


def test_a_start_with_a_real_database_does_not_get_in_the_way_of_one_with_an_embedded_one(open_directory: Path) -> None:
    places.choose(checkout=open_directory, environ={}, uid=UID, serves_postgres=False)

    chosen = choose(open_directory)

    assert chosen.postgres_sockets.is_dir()


def test_a_path_that_just_fits_keeps_its_sockets(open_directory: Path) -> None:
    room = places.SOCKET_PATH_LIMIT - len(str(open_directory / ".data/sockets" / places.POSTGRES_SOCKET)) - 1
    checkout = open_directory / ("x" * room)
    checkout.mkdir()

    chosen = choose(checkout)

    assert len(str(chosen.postgres_sockets / ".s.PGSQL.5432")) == places.SOCKET_PATH_LIMIT
    assert chosen.sockets.parent == chosen.home


def test_a_path_one_byte_longer_has_its_sockets_elsewhere(open_directory: Path) -> None:
    room = places.SOCKET_PATH_LIMIT - len(str(open_directory / ".data/sockets" / places.POSTGRES_SOCKET))
    checkout = open_directory / ("x" * room)
    checkout.mkdir()

    chosen = choose(checkout)

    assert chosen.home == checkout / ".data"
    assert str(UID) in chosen.sockets.name
    assert chosen.sockets.parent in (Path("/run"), Path(tempfile.gettempdir()), Path("/tmp"))
    assert str(chosen.sockets) in chosen.elsewhere()
    chosen.postgres_sockets.rmdir()
    chosen.valkey_socket.parent.rmdir()
    chosen.valkey_socket.parent.parent.rmdir()


def test_the_length_is_counted_in_bytes(open_directory: Path) -> None:
    letters = places.SOCKET_PATH_LIMIT - len("/" + places.POSTGRES_SOCKET) - 1

    assert places.fits(Path("/" + "x" * letters))
    assert not places.fits(Path("/" + "ж" * letters))


@as_root
def test_from_a_closed_directory_root_goes_to_a_lasting_one_that_is_named(open_directory: Path) -> None:
    closed = open_directory / "closed"
    checkout = closed / "checkout"
    checkout.mkdir(parents=True)
    closed.chmod(0o700)
    lasting = open_directory / "lib"
    lasting.mkdir()

    chosen = choose(checkout, lasting)

    assert chosen.home == lasting / f"casework-{places.fingerprint(checkout)}"
    assert not (checkout / ".data").exists()
    assert chosen.server_user is not None
    assert chosen.postgres_sockets.stat().st_uid == chosen.server_user.uid


@as_root
def test_a_named_directory_that_is_closed_is_refused_rather_than_replaced(open_directory: Path) -> None:
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(Refusal, match=r"DATA_DIR=.* cannot be reached by the user"):
        choose(open_directory, DATA_DIR=str(closed / "data"))


@as_root
def test_a_directory_that_somebody_else_has_put_there_is_refused(open_directory: Path) -> None:
    planted = open_directory / "planted"
    planted.mkdir(mode=0o777)
    os.chown(planted, 12345, 12345)

    with pytest.raises(Refusal, match="belongs to the user number 12345"):
        places.private_directory(planted, uid=UID)


def test_a_link_that_somebody_has_put_there_is_refused(open_directory: Path) -> None:
    (open_directory / "target").mkdir()
    (open_directory / "link").symlink_to(open_directory / "target")

    with pytest.raises(Refusal, match="is not a directory"):
        places.private_directory(open_directory / "link", uid=UID)


def test_an_open_directory_of_ours_is_closed(open_directory: Path) -> None:
    (open_directory / "ours").mkdir(mode=0o755)

    places.private_directory(open_directory / "ours", uid=UID)

    assert mode(open_directory / "ours") == 0o700


def test_a_directory_with_files_of_others_is_not_taken_over(open_directory: Path) -> None:
    (open_directory / "named").mkdir()
    (open_directory / "named" / "thesis.txt").touch()

    with pytest.raises(Refusal, match="files that Casework did not put there"):
        choose(open_directory, DATA_DIR=str(open_directory / "named"))


@as_other
def test_a_directory_without_a_right_to_write_is_said(open_directory: Path) -> None:
    (open_directory / "closed").mkdir(mode=0o500)

    with pytest.raises(Refusal, match=r"Cannot write in .*closed"):
        choose(open_directory / "closed")


def test_a_directory_in_a_place_that_is_missing_is_said(open_directory: Path) -> None:
    with pytest.raises(Refusal, match="nowhere, where the data are to lie, is not there"):
        choose(open_directory, DATA_DIR=str(open_directory / "nowhere" / "data"))
