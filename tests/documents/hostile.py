"""Sixty files that somebody might send to do harm, made in code. Each says what becomes of it: a reason, or "kept"."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, PngImagePlugin

from tests.factories.scans import drawn, encoded

CANARY = b"KANAREIKA"
SCRIPT = b"<html><script>alert('KANAREIKA')</script></html>"
KEPT, UNKNOWN, DAMAGED = "kept", "unknown", "damaged"


@dataclass(frozen=True, slots=True)
class Hostile:
    name: str
    make: Callable[[], bytes]
    becomes: tuple[str, ...]
    file_name: str = "photo.jpg"
    content_type: str = "image/jpeg"


def jpeg(**options: Any) -> bytes:
    return encoded(drawn((400, 300)), **options)


def png(picture: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(picture or drawn((400, 300)), "PNG", **options)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *more: bytes, data: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    content = chunk(b"IDAT", zlib.compress(data or b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + content + chunk(b"IEND", b"")


def small_png_with(*more: bytes) -> bytes:
    return png_of(10, 10, *more, data=(b"\0" + b"\xff" * 10) * 10)


def jpeg_claiming(width: int, height: int) -> bytes:
    data = jpeg()
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg_with(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + jpeg()[2:]


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0xA431], exif[0x927C] = "KANAREIKA", "KANAREIKA-SERIAL", b"KANAREIKA" * 50
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 52.0, 30.0), 3: "E", 4: (74.0, 34.0, 12.0)})
    return jpeg(exif=exif)


def apng(frames: int) -> bytes:
    pictures = [Image.new("L", (64, 64), number % 255) for number in range(frames)]
    return encoded(pictures[0], "PNG", save_all=True, append_images=pictures[1:])


def zipped(size: int) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/passwd", b"\0" * size)
    return kept.getvalue()


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(body))
    return body + table + end


def one_page(catalogue: bytes = b"", page: bytes = b"", *, box: bytes = b"0 0 200 100", content: bytes = b"") -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>" % (box, page),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>"
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", pages, *[page] * count)


def stream_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"0 0 m 100 100 l S\n" * 8_000_000))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
        b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed),
    )


def locked_pdf() -> bytes:
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_encryption(owner_password="owner", user_password="user")
    return bytes(made.output())


def pixel_bomb_in_pdf() -> bytes:
    packed = zlib.compress(b"\0" * 30_000_000)
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 5 0 R /Resources << /XObject << /I 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Length 28 >>\nstream\nq 200 0 0 100 0 0 cm /I Do Q\nendstream",
    )


def deep(count: int) -> bytes:
    return one_page(b"/Deep " + b"[" * count + b"]" * count)


ICC = chunk(b"iCCP", b"x\0\0" + zlib.compress(b"K" * 40_000_000))
ZTXT = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(CANARY * 5_000_000))
ITXT = chunk(b"iTXt", b"XML\0\1\0\0\0" + zlib.compress(CANARY * 5_000_000))
LOOP = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 50>>\nstartxref\n50\n%%EOF"
JS = b"/OpenAction << /S /JavaScript /JS (app.alert\\('KANAREIKA'\\)) >>"
LAUNCH = b"/OpenAction << /S /Launch /F (/bin/sh) >>"
SELF = b"<< /Type /Pages /Kids [2 0 R] /Count 100000 >>"


def text_in(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    return png(pnginfo=info)


def in_format(name: str) -> Callable[[], bytes]:
    return lambda: encoded(drawn((64, 64)), name)


HOSTILE = [
    Hostile("JPEG with HTML behind it", lambda: jpeg() + SCRIPT, (KEPT,)),
    Hostile("JPEG with HTML in a comment", lambda: jpeg(comment=SCRIPT), (KEPT,)),
    Hostile("JPEG with a ZIP behind it", lambda: jpeg() + zipped(1000), (KEPT,)),
    Hostile("JPEG with PHP in its EXIF", lambda: jpeg_with(segment(0xE1, b"Exif\0\0<?php system('KANAREIKA'); ?>")), (KEPT,)),
    Hostile("PNG with HTML behind it", lambda: png() + SCRIPT, (KEPT,), "photo.png"),
    Hostile("PNG with HTML in a text", lambda: text_in(Comment=SCRIPT.decode()), (KEPT,), "photo.png"),
    Hostile("PDF with a ZIP behind it", lambda: one_page() + zipped(1000), (KEPT,), "paper.pdf"),
    Hostile("GIF with a script", lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", (UNKNOWN,)),
    Hostile("HTML called JPG", lambda: SCRIPT, (UNKNOWN,)),
    Hostile("HTML before a JPEG", lambda: SCRIPT + jpeg(), (UNKNOWN,)),
    Hostile("SVG called PNG", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", (UNKNOWN,), "a.png"),
    Hostile("SVG that fetches", lambda: b"<?xml version='1.0'?><svg><image href='file:///etc/passwd'/></svg>", (UNKNOWN,)),
    Hostile("PNG called JPG", png, (KEPT,)),
    Hostile("JPEG called PDF", jpeg, (KEPT,), "paper.pdf", "application/pdf"),
    Hostile("PDF called PNG", one_page, (KEPT,), "paper.png", "image/png"),
    Hostile("program called JPG", lambda: b"MZ" + b"\0" * 500, (UNKNOWN,)),
    Hostile("program of Linux", lambda: b"\x7fELF" + b"\0" * 500, (UNKNOWN,)),
    Hostile("office document", lambda: zipped(100), (UNKNOWN,), "letter.docx"),
    Hostile("no bytes", lambda: b"", ("empty",)),
    Hostile("one byte", lambda: b"\xff", (UNKNOWN,)),
    Hostile("only the beginning of a JPEG", lambda: b"\xff\xd8\xff", (DAMAGED,)),
    Hostile("only the beginning of a PNG", lambda: b"\x89PNG\r\n\x1a\n", (DAMAGED,)),
    Hostile("only the beginning of a PDF", lambda: b"%PDF-1.7", (DAMAGED,)),
    Hostile("half a JPEG", lambda: jpeg()[:-1500], (DAMAGED,)),
    Hostile("half a PNG", lambda: png(drawn((900, 900)))[:-300], (DAMAGED,)),
    Hostile("a JPEG of noise", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200, (DAMAGED,)),
    Hostile("PNG of 50,000 by 50,000", lambda: png_of(50_000, 50_000), ("too_many_pixels", DAMAGED)),
    Hostile("PNG that unpacks to more than it says", lambda: png_of(100, 100, data=b"\0" * 60_000_000), (KEPT, DAMAGED)),
    Hostile("PNG of 41 megapixels", lambda: png_of(8200, 5000), ("too_many_pixels",)),
    Hostile("PNG as wide as can be", lambda: png_of(2**31 - 1, 1), ("too_many_pixels", DAMAGED)),
    Hostile("PNG without a width", lambda: png_of(0, 10), (DAMAGED,)),
    Hostile("JPEG of 65,000 by 65,000", lambda: jpeg_claiming(65_000, 65_000), ("too_many_pixels", DAMAGED)),
    Hostile("TIFF", in_format("TIFF"), (UNKNOWN,)),
    Hostile("BMP", in_format("BMP"), (UNKNOWN,)),
    Hostile("WebP", in_format("WEBP"), (UNKNOWN,)),
    Hostile("GIF", in_format("GIF"), (UNKNOWN,)),
    Hostile("ICO", in_format("ICO"), (UNKNOWN,)),
    Hostile("PSD", lambda: b"8BPS\0\1" + b"\0" * 200, (UNKNOWN,)),
    Hostile("EPS, which a program would draw", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run", (UNKNOWN,)),
    Hostile("HEIC", lambda: b"\0\0\0\x18ftypheic" + b"\0" * 100, ("heic",)),
    Hostile("APNG of 300 frames", lambda: apng(300), (KEPT,)),
    Hostile("JPEG with place, serial and maker's notes", with_gps, (KEPT,)),
    Hostile("JPEG with XMP", lambda: jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY * 500)), (KEPT,)),
    Hostile("JPEG with a thumbnail", lambda: jpeg_with(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + b"\0\0" + jpeg()[:9000])), (KEPT,)),
    Hostile("JPEG with a large colour profile", lambda: jpeg(icc_profile=CANARY * 100_000), (KEPT,)),
    Hostile("JPEG with a thousand comments", lambda: jpeg_with(*[segment(0xFE, CANARY * 3000)] * 300), (KEPT,)),
    Hostile("PNG whose profile unpacks to 40 MB", lambda: small_png_with(ICC), (KEPT, DAMAGED)),
    Hostile("PNG whose text unpacks to 45 MB", lambda: small_png_with(ZTXT), (KEPT, DAMAGED)),
    Hostile("PNG whose XML unpacks to 45 MB", lambda: small_png_with(ITXT), (KEPT, DAMAGED)),
    Hostile("JPEG in four colours", lambda: encoded(Image.new("CMYK", (300, 200))), (KEPT,)),
    Hostile("PNG of 16 bits", lambda: png(Image.new("I;16", (300, 200), 40_000)), (KEPT,)),
    Hostile("progressive JPEG", lambda: jpeg(progressive=True), (KEPT,)),
    Hostile("ZIP bomb called PDF", lambda: zipped(50_000_000), (UNKNOWN,), "paper.pdf", "application/pdf"),
    Hostile("PDF with a password", locked_pdf, ("encrypted",), "paper.pdf"),
    Hostile("PDF with JavaScript", lambda: one_page(JS), (KEPT,), "paper.pdf"),
    Hostile("PDF that starts a program", lambda: one_page(LAUNCH), (KEPT,), "paper.pdf"),
    Hostile("PDF with a file in it", lambda: one_page(b"/Names << /EmbeddedFiles << /Names [(KANAREIKA.exe) 4 0 R] >> >>"), (KEPT,)),
    Hostile("PDF of 10,000 pages", lambda: many_pages(10_000), ("too_many_pages",), "paper.pdf"),
    Hostile("PDF whose pages contain themselves", lambda: pdf(b"<< /Type /Catalog /Pages 2 0 R >>", SELF), (DAMAGED, "too_many_pages")),
    Hostile("PDF whose tables go round", lambda: LOOP, (DAMAGED, "too_long")),
    Hostile("PDF as large as a field", lambda: one_page(box=b"0 0 900000 900000"), (KEPT, DAMAGED), "paper.pdf"),
    Hostile("PDF without a size", lambda: one_page(box=b"0 0 0 0"), (KEPT, DAMAGED), "paper.pdf"),
    Hostile("PDF nested 100,000 deep", lambda: deep(100_000), (KEPT, DAMAGED, "too_long"), "paper.pdf"),
    Hostile("PDF whose drawing unpacks to 144 MB", stream_bomb, (KEPT, DAMAGED, "too_long", "too_large"), "paper.pdf"),
    Hostile("PDF with a picture of 50,000 by 50,000", pixel_bomb_in_pdf, (KEPT, DAMAGED, "too_long", "too_large"), "paper.pdf"),
]  # fmt: skip

NAMES = [
    "../../../etc/passwd.jpg",
    "..\\..\\windows\\photo.jpg",
    "photo\0.jpg",
    "gpj.\u202egnp.exe",
    "a" * 1000 + ".jpg",
    "CON.jpg",
    "photo\n.jpg",
    "photo\".jpg'; DROP TABLE--",
    "photo.jpg.exe",
    "<img src=x onerror=alert(1)>.jpg",
    "Зяблицев паспорт.jpg",
]
