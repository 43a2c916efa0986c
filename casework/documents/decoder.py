"""Decodes one file into pictures, fenced in: run as a program of its own by `pictures.py`, never imported by the application.

It may hold half a gigabyte, compute for some seconds, and after it has begun to read it may open no file, reach no network and
start no process. On standard input: one line of JSON that says what to do, then the file. On standard output: frames, each a letter,
a length in four bytes and the content: `F` which fences hold, `P` one page (JSON line, picture, preview), `E` why not, `D` done.
"""

import ctypes
import io
import json
import os
import platform
import resource
import struct
import sys
from typing import Any

LONG_SIDE = 2400
PREVIEW_SIDE = 1000
QUALITY, PREVIEW_QUALITY = 82, 60
MOST_PIXELS = 40_000_000
MOST_PAGES = 50
MEMORY = 512 * 1024 * 1024
SECONDS = 20
NOBODY = 65534

NO_NEW_PRIVILEGES, SET_SECCOMP, DIE_WITH_PARENT, SET_DUMPABLE = 38, 22, 1, 4
NEW_NETWORK = 0x40000000
DENIED = 0x00050000 | 1  # answer EPERM
ALLOWED = 0x7FFF0000
# What opens files, reaches others or starts processes, by the number that each machine gives it.
CALLS = {
    "x86_64": (
        0xC000003E,
        (2, 41, 42, 43, 49, 53, 56, 57, 58, 59, 62, 82, 83, 85, 87, 101, 165, 200, 234, 257, 263, 272, 288, 310, 311, 319,
         322, 425, 435, 437),
    ),
    "aarch64": (
        0xC00000B7,
        (34, 35, 38, 40, 56, 97, 117, 129, 130, 131, 198, 199, 200, 202, 203, 220, 221, 242, 270, 271, 276, 279, 281, 425,
         435, 437),
    ),
}  # fmt: skip


class Refused(Exception):
    """The file cannot be used; the word says why."""


class _Step(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step))]


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    warm_up(is_pdf=asked["type"] == "pdf")
    send(b"F", json.dumps(fence()).encode())
    try:
        data = sys.stdin.buffer.read()
        if asked["do"] == "turn":
            turn(data, asked["quarters"])
        elif asked["type"] == "pdf":
            pages_of_pdf(data)
        else:
            page_of_picture(data, asked["type"])
    except Refused as refused:
        send(b"E", str(refused).encode())
    except MemoryError:
        send(b"E", b"too_large")
    except Exception:  # noqa: BLE001 - whatever a broken file does to a decoder
        send(b"E", b"damaged")
    else:
        send(b"D", str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss).encode())


def warm_up(*, is_pdf: bool) -> None:
    """Load everything that will be needed, as long as files can still be opened."""
    from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin

    Image._initialized = 2  # no other format is ever tried
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    for plugin in (JpegImagePlugin, MpoImagePlugin, PngImagePlugin):
        assert plugin  # noqa: S101
    for name in ("JPEG", "PNG"):
        kept = io.BytesIO()
        Image.new("RGB", (8, 8)).save(kept, name)
        ImageOps.exif_transpose(Image.open(kept, formats=["JPEG", "PNG"])).resize((4, 4)).convert("L").load()
    if is_pdf:
        import pypdfium2

        document = pypdfium2.PdfDocument.new()
        document.new_page(10, 10).render(scale=1).to_pil()
        document.close()


def fence() -> dict[str, bool]:
    """Put up every fence that this machine allows; return which hold."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(DIE_WITH_PARENT, 9, 0, 0, 0)
    libc.prctl(SET_DUMPABLE, 0, 0, 0, 0)
    network = libc.unshare(NEW_NETWORK) == 0
    is_root = os.geteuid() == 0
    if is_root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (most, most))
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return {"network": network, "nobody": is_root, "calls": refuse_calls(libc)}


def refuse_calls(libc: Any) -> bool:
    """Have the kernel refuse what a decoder never needs (seccomp); return whether it does."""
    if platform.machine() not in CALLS:
        return False
    machine, calls = CALLS[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    steps = [
        _Step(load, 0, 0, 4),
        _Step(equal, 1, 0, machine),
        _Step(answer, 0, 0, DENIED),
        _Step(load, 0, 0, 0),
        _Step(at_least, 0, 1, 0x40000000),
        _Step(answer, 0, 0, DENIED),
    ]
    for call in calls:
        steps += [_Step(equal, 0, 1, call), _Step(answer, 0, 0, DENIED)]
    steps.append(_Step(answer, 0, 0, ALLOWED))
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    return bool(libc.prctl(SET_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)


def page_of_picture(data: bytes, kind: str) -> None:
    """Send the one page that a photo is: the first frame, turned as the camera meant it."""
    picture = open_picture(data, kind)
    # A JPEG is decoded at half its size or less where that is enough, which spares most of the memory.
    picture.draft(None, (LONG_SIDE, LONG_SIDE))
    send_page(plain(picture))


def open_picture(data: bytes, kind: str) -> Any:
    from PIL import Image

    picture = Image.open(io.BytesIO(data), formats=[kind.upper()])
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    return picture


def plain(picture: Any) -> Any:
    """Return a picture of 8 bits in grey or in colours, on white, and nothing beside its pixels."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(shrunk(picture, LONG_SIDE))
    if turned.mode.startswith("I"):
        turned = turned.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if "A" in turned.getbands() or "transparency" in turned.info:
        clear = turned.convert("RGBA")
        turned = Image.new("RGB", clear.size, "white")
        turned.paste(clear, mask=clear.getchannel("A"))
    mode = "L" if turned.mode in ("L", "1", "F") else "RGB"
    fresh = Image.new(mode, turned.size)
    fresh.paste(turned.convert(mode))
    return fresh


def shrunk(picture: Any, side: int) -> Any:
    from PIL import Image

    picture.load()
    longest = max(picture.size)
    if longest <= side:
        return picture
    if picture.mode in ("1", "P", "PA"):
        picture = with_info_of(picture, picture.convert("RGBA" if "transparency" in picture.info else "RGB"))
    size = tuple(max(1, round(each * side / longest)) for each in picture.size)
    if picture.mode.startswith("I;"):
        picture = with_info_of(picture, picture.convert("I"))
    return with_info_of(picture, picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2))


def with_info_of(before: Any, after: Any) -> Any:
    """Keep the orientation, which is in the EXIF, until the picture has been turned."""
    if "exif" in before.info:
        after.info["exif"] = before.info["exif"]
    return after


def pages_of_pdf(data: bytes) -> None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) or "ecurity" in str(error) else "damaged") from None
    if len(document) > MOST_PAGES:
        raise Refused("too_many_pages")
    if len(document) == 0:
        raise Refused("damaged")
    for number in range(len(document)):
        page = document[number]
        longest = max(page.get_size())
        if not 0 < longest < 1e6:
            raise Refused("damaged")
        picture = page.render(scale=min(LONG_SIDE / longest, 8), draw_annots=True).to_pil()
        page.close()
        send_page(grey_if_it_is(plain(picture)))


def grey_if_it_is(picture: Any) -> Any:
    """Return a picture without colours if a small copy of it has none."""
    from PIL import ImageChops

    if picture.mode == "L":
        return picture
    small = picture.copy()
    small.thumbnail((200, 200))
    red, green, blue = small.split()
    spread: list[Any] = [ImageChops.difference(red, each).getextrema()[1] for each in (green, blue)]
    return picture.convert("L") if max(spread) <= 8 else picture


def turn(data: bytes, quarters: int) -> None:
    """Send one of our own pictures, turned by quarters to the right."""
    from PIL import Image

    ways = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    send_page(plain(open_picture(data, "jpeg").transpose(ways[quarters])))


def send_page(picture: Any) -> None:
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    content, preview = encoded(picture, QUALITY), encoded(small, PREVIEW_QUALITY)
    about = {"width": picture.width, "height": picture.height, "content": len(content), "preview": len(preview)}
    send(b"P", json.dumps(about).encode() + b"\n" + content + preview)


def encoded(picture: Any, quality: int) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=quality, optimize=True, progressive=False)
    return kept.getvalue()


def send(letter: bytes, content: bytes) -> None:
    sys.stdout.buffer.write(struct.pack(">cI", letter, len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
