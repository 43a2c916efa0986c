"""Pages go over the line compressed, and no two answers are of one length for it."""

import gzip
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import FileResponse, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from casework.web.middleware import CompressPagesMiddleware
from tests.factories.accounts import make_user

PAGE = "<p>an invented line</p>" * 200


def test_a_page_is_compressed_for_whoever_reads_that(db: None, settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(make_user())

    packed = browser.get("/cases/new/", HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    plain = browser.get("/cases/new/")

    assert (packed["Content-Encoding"], packed["Cache-Control"]) == ("gzip", "no-store, private")
    assert "Accept-Encoding" in packed["Vary"]
    assert b"</html>" in gzip.decompress(packed.content)
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3
    assert not plain.has_header("Content-Encoding")


def test_the_length_of_a_compressed_page_tells_less_than_it_would() -> None:
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")
    middleware = CompressPagesMiddleware(lambda _request: HttpResponse(PAGE))

    lengths = {len(middleware(request).content) for _number in range(40)}

    assert len(lengths) > 10


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "image/jpeg"])
def test_what_is_no_page_goes_as_it_is(kind: str) -> None:
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")

    answer = CompressPagesMiddleware(lambda _request: HttpResponse(PAGE, content_type=kind))(request)

    assert not answer.has_header("Content-Encoding")


def test_a_stream_stays_one(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")

    with (tmp_path / "page.html").open("rb") as file:
        answer = CompressPagesMiddleware(lambda _request: FileResponse(file))(request)

        assert not answer.has_header("Content-Encoding")
        assert b"".join(answer.streaming_content).decode() == PAGE
