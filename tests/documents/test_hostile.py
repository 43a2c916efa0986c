"""Each hostile file is refused with a reason or becomes a harmless picture, within its limits, and leaves nothing behind."""

import io
import resource
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.urls import reverse
from PIL import Image

from casework.clients.models import Client
from casework.documents import pictures, storage
from casework.documents.models import Scan, ScanPage
from casework.documents.pictures import UnableToReadFile, kind_of, pictures_in
from casework.documents.receiving import SealedUploads
from casework.lib.ids import new_id
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.factories.scans import drawn, encoded

from .hostile import CANARY, HOSTILE, NAMES, Hostile, jpeg, with_gps

SLACK = 1.5  # seconds to start and to end a process
BOUNDARY = "boundary-of-the-test"


def fate(content: bytes) -> tuple[str, list[pictures.Picture]]:
    try:
        return "kept", list(pictures_in([content], kind=kind_of(content[:16])))
    except UnableToReadFile as refused:
        return refused.reason, []


def most_memory_of_a_child() -> int:
    """Return kilobytes. A child is counted with what its parent had when it began, so never less than this process."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_a_hostile_file_is_refused_or_made_harmless(hostile: Hostile, settings: LazySettings) -> None:
    began = time.monotonic()
    reason, pages = fate(hostile.make())
    took = time.monotonic() - began

    assert reason in hostile.becomes
    assert took < pictures.SECONDS + SLACK
    assert most_memory_of_a_child() <= max(560 * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    for page in pages:
        for content in (page.content, page.preview):
            picture = Image.open(io.BytesIO(content), formats=["JPEG"])
            picture.load()
            assert max(picture.size) <= 2400
            assert dict(picture.getexif()) == {}
            assert content.endswith(b"\xff\xd9")
            assert not any(
                each in content for each in (CANARY, b"<script", b"Exif", b"ICC_PROFILE", b"ns.adobe", b"PK\3\4")
            )


def test_there_are_sixty_and_more() -> None:
    assert len(HOSTILE) + len(NAMES) >= 60
    assert len({each.name for each in HOSTILE}) == len(HOSTILE)


@pytest.fixture
def worker(db: None, settings: LazySettings) -> tuple[Browser, Client]:
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_user()
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    return browser, make_client(team=team_of(user), by=user)


def part(name: str, content: bytes, *, more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


def post(browser: Browser, client: Client, *parts: bytes) -> Any:
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return browser.post(reverse("add_scan", args=[client.reference]), body, content_type=kind)


def about() -> bytes:
    return part("id", str(new_id()).encode()) + part("kind", b"identity") + part("document", b"")


def left(settings: LazySettings) -> list[Path]:
    return [each for each in Path(settings.SCANS_DIR).rglob("*") if each.is_file() and each.suffix != ".lock"]


def test_through_the_page_bad_files_are_named_and_good_ones_kept(
    worker: tuple[Browser, Client], settings: LazySettings
) -> None:
    browser, client = worker
    answer = browser.post(
        reverse("add_scan", args=[client.reference]),
        {
            "id": str(new_id()),
            "kind": "identity",
            "document": "",
            "files": [upload("good.jpg", with_gps()), upload("bad.jpg", b"<html>"), upload("empty.jpg", b"")],
        },
    )
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "bad.jpg: This is not a photo" in page
    assert "empty.jpg: The file is empty" in page
    assert "1 page is saved" in page
    assert ScanPage.objects.count() == 1
    assert len(left(settings)) == 2
    kept = ScanPage.objects.select_related("scan__data_key").get()
    content = b"".join(storage.read(kept.file_id, kept.scan.data_key))
    assert CANARY not in content
    assert not any(CANARY in path.read_bytes() for path in left(settings))


def upload(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_whatever_a_file_is_called_its_name_is_kept_nowhere(
    worker: tuple[Browser, Client], settings: LazySettings, name: str
) -> None:
    browser, client = worker
    more = f'; filename="{name}"'
    answer = post(browser, client, about(), part("files", b"<html>", more=more))

    assert answer.status_code in {200, 400}
    assert b"onerror=alert(1)>" not in answer.content
    assert left(settings) == []
    assert not Scan.objects.exists()


def test_a_field_without_a_file_name_is_no_file(worker: tuple[Browser, Client]) -> None:
    answer = post(*worker, about(), part("files", jpeg()))

    assert answer.status_code in {200, 400}
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    ("status", "parts"),
    [
        (413, [part(f"field{number}", b"x") for number in range(10_000)]),
        (413, [part("files", b"x", more=f'; filename="{number}.jpg"') for number in range(1_000)]),
        (400, [part("files", b"x", more='; filename="a.jpg"\r\nX-Long: ' + "a" * 1_000_000)]),
        (400, [part("files", b"!" * 10, more='; filename="a.jpg"\r\nContent-Transfer-Encoding: base64')]),
    ],
    ids=["10,000 parts", "1,000 files", "a header of a megabyte", "not base64"],
)
def test_a_form_that_is_a_bomb_is_refused(
    worker: tuple[Browser, Client], settings: LazySettings, status: int, parts: list[bytes]
) -> None:
    answer = post(*worker, about(), *parts)

    assert answer.status_code == status
    assert left(settings) == []
    assert not Scan.objects.exists()


class Long(io.RawIOBase):
    """A body that is made while it is read, so that nobody holds it."""

    def __init__(self, before: bytes, size: int, after: bytes) -> None:
        super().__init__()
        self._before, self._left, self._after = before, size, after

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._before:
            taken, self._before = self._before[:size], self._before[size:]
        elif self._left:
            taken = b"\xff" * min(size, self._left)
            self._left -= len(taken)
        else:
            taken, self._after = self._after[:size], self._after[size:]
        return taken


def test_200_megabytes_are_refused_without_being_held(worker: tuple[Browser, Client], settings: LazySettings) -> None:
    browser, client = worker
    before = about() + part("files", b"\xff\xd8\xff", more='; filename="huge.jpg"')[:-2]
    after = f"\r\n--{BOUNDARY}--\r\n".encode()
    size = 200 * 1024 * 1024
    length = len(before) + size + len(after)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = browser.generic(
        "POST",
        reverse("add_scan", args=[client.reference]),
        **{
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "wsgi.input": Long(before, size, after),
            "CONTENT_LENGTH": str(length),
        },
    )

    assert "larger than 25 MB" in answer.content.decode()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 60 * 1024
    assert left(settings) == []


class Cut(Long):
    def read(self, size: int = -1, /) -> bytes:
        if not self._left:
            raise OSError("the line was cut")
        return super().read(size)


def test_a_line_that_is_cut_leaves_nothing(
    worker: tuple[Browser, Client], settings: LazySettings, tmp_path: Path
) -> None:
    browser, client = worker
    before = about() + part("files", b"\xff\xd8\xff" + CANARY * 1000, more='; filename="cut.jpg"')[:-2]
    answer = browser.generic(
        "POST",
        reverse("add_scan", args=[client.reference]),
        **{
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "wsgi.input": Cut(before, 5_000_000, b""),
            "CONTENT_LENGTH": "9000000",
        },
    )

    assert answer.status_code >= 400
    assert left(settings) == []
    assert not Scan.objects.exists()


def test_every_upload_of_the_application_is_received_sealed(settings: LazySettings) -> None:
    assert settings.FILE_UPLOAD_HANDLERS == ["casework.documents.receiving.SealedUploads"]
    assert SealedUploads().chunk_size == storage.PIECE_BYTES


def test_many_files_cannot_hold_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "AT_ONCE", 0)

    with pytest.raises(UnableToReadFile) as refused:
        list(pictures_in([encoded(drawn())], kind="jpeg", seconds=0.1))

    assert refused.value.reason == "busy"
