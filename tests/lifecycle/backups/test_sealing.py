"""What is sealed opens for whoever has the secret half, and for nobody else; what went wrong on the way is never swallowed."""

import errno
import io
import os
from pathlib import Path

import pytest

from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.sealing import digest_of, identities_in, new_identity, seal, unseal

SECRET, PUBLIC = new_identity()


@pytest.fixture
def secret_key(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"# a comment\n{SECRET}\n\n")
    return path


def opened(path: Path, key: Path) -> bytes:
    pieces: list[bytes] = []
    unseal(path, lambda piece: pieces.append(bytes(piece)), identities_in(key))
    return b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_000_000])
def test_what_was_sealed_opens_again(tmp_path: Path, secret_key: Path, size: int) -> None:
    content = os.urandom(size)

    made = seal(io.BytesIO(content), tmp_path / "sealed", [PUBLIC])

    assert opened(tmp_path / "sealed", secret_key) == content
    assert digest_of(tmp_path / "sealed") == made
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o600


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    seal(io.BytesIO(b"names"), tmp_path / "sealed", [PUBLIC])
    other = tmp_path / "other"
    other.write_text(new_identity()[0])

    with pytest.raises(BackupError, match="sealed for another key"):
        opened(tmp_path / "sealed", other)


@pytest.mark.parametrize("cut", [1, 16, 70_000])
def test_what_was_cut_short_does_not_pass_for_whole(tmp_path: Path, secret_key: Path, cut: int) -> None:
    seal(io.BytesIO(os.urandom(200_000)), tmp_path / "sealed", [PUBLIC])
    whole = (tmp_path / "sealed").read_bytes()
    (tmp_path / "sealed").write_bytes(whole[:-cut])

    with pytest.raises(BackupError, match="altered or cut short"):
        opened(tmp_path / "sealed", secret_key)


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_full_disk_is_heard_of(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sealed").symlink_to("/dev/full")
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, mode=0o777: real(path, flags & ~os.O_EXCL, mode))

    with pytest.raises(OSError, match="No space left") as refused:
        seal(io.BytesIO(os.urandom(size)), tmp_path / "sealed", [PUBLIC])

    assert (refused.value.errno, refused.value.filename) == (errno.ENOSPC, str(tmp_path / "sealed"))


def test_what_breaks_while_it_is_read_is_heard_of(tmp_path: Path) -> None:
    class Breaks:
        def read(self, _size: int = -1) -> bytes:
            raise BackupError("the dump broke")

    with pytest.raises(BackupError, match="the dump broke"):
        seal(Breaks(), tmp_path / "sealed", [PUBLIC])


@pytest.mark.parametrize("content", ["", "# nothing\n", "age1...", "AGE-SECRET-KEY-1"])
def test_a_file_without_a_secret_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(BackupError, match="holds no secret key"):
        identities_in(tmp_path / "key")
