"""Files become our own pictures, in a process that can do no harm."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image

from casework.documents import pictures
from casework.documents.pictures import UnableToReadFile, kind_of, pictures_in, turned
from tests.factories.scans import drawn, encoded

CORNER = (2, 2)


def read(content: bytes, **options: Any) -> list[pictures.Picture]:
    return list(pictures_in([content], kind=kind_of(content[:16]), **options))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_dark(picture: Image.Image, place: tuple[int, int]) -> bool:
    return picture.convert("L").getpixel(place) < 80  # type: ignore[operator]


def test_a_photo_is_turned_as_the_camera_meant_it_and_keeps_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn to the right
    exif[0x010F] = "KANAREIKA CAMERA"
    [page] = read(encoded(drawn((90, 60)), exif=exif, comment=b"KANAREIKA COMMENT", icc_profile=b"KANAREIKA" * 20))

    picture = opened(page.content)
    assert (page.width, page.height) == picture.size == (60, 90)
    assert is_dark(picture, (57, 2))
    assert not is_dark(picture, CORNER)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"KANAREIKA" not in page.content + page.preview


def test_a_large_photo_is_shrunk_and_a_small_one_stays() -> None:
    [large] = read(encoded(drawn((4800, 2400))))
    [small] = read(encoded(drawn((300, 200))))

    assert (large.width, large.height) == (2400, 1200)
    assert opened(large.preview).size == (1000, 500)
    assert (small.width, small.height) == opened(small.preview).size == (300, 200)


@pytest.mark.parametrize(
    ("mode", "colour", "kept"),
    [("L", 255, "L"), ("1", 1, "L"), ("RGB", "white", "RGB"), ("P", 0, "RGB"), ("I;16", 65535, "L")],
)
def test_grey_stays_grey_and_every_depth_becomes_eight_bits(mode: str, colour: Any, kept: str) -> None:
    source = Image.new(mode, (80, 50), colour)
    [page] = read(encoded(source, "PNG"))

    assert opened(page.content).mode == kept
    if mode == "I;16":
        assert opened(page.content).getpixel((40, 25)) > 250  # type: ignore[operator]


def test_what_is_transparent_lies_on_white() -> None:
    [page] = read(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))

    assert not is_dark(opened(page.content), (20, 20))


def test_a_print_in_four_colours_becomes_three() -> None:
    [page] = read(encoded(Image.new("CMYK", (40, 40), (0, 0, 0, 0))))

    assert opened(page.content).mode == "RGB"


def test_every_page_of_a_pdf_becomes_a_picture() -> None:
    pages = [drawn((300, 200)), drawn((200, 300), colour="red")]
    first, second = read(encoded(pages[0], "PDF", save_all=True, append_images=pages[1:]))

    assert (first.width, first.height) == (2400, 1600)
    assert opened(first.content).mode == "L"
    assert opened(second.content).mode == "RGB"
    assert is_dark(opened(first.content), CORNER)


def test_one_of_our_pictures_is_turned() -> None:
    picture = opened(turned(encoded(drawn((90, 60))), quarters=1).content)

    assert picture.size == (60, 90)
    assert is_dark(picture, (57, 2))


def test_too_slow_is_stopped() -> None:
    with pytest.raises(UnableToReadFile) as refused:
        read(encoded(drawn()), seconds=0.01)

    assert refused.value.reason in ("too_long", "busy")


PROBE = """
import importlib.util, json, os, socket
found = importlib.util.spec_from_file_location("decoder", {program!r})
decoder = importlib.util.module_from_spec(found)
found.loader.exec_module(decoder)
decoder.warm_up(is_pdf=False)
held = decoder.fence()
def attempt(act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
print(json.dumps({{"held": held, "open": attempt(lambda: open("/etc/hostname")), "network": attempt(socket.socket),
  "process": attempt(os.fork), "memory": attempt(lambda: bytearray(600 << 20)), "environment": dict(os.environ)}}))
"""


def test_the_fences_hold() -> None:
    code = PROBE.format(program=str(pictures.DECODER))
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, env={})
    found = json.loads(done.stdout)

    assert found["held"]["calls"] is True
    assert {found["open"], found["network"], found["process"]} <= {"PermissionError", "BlockingIOError", "OSError"}
    assert found["memory"] == "MemoryError"
    assert set(found["environment"]) <= {"LC_CTYPE"}
