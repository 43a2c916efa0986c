"""What no form expects, by what it is meant to break. Text is sent as it stands here, also where it is no UTF-8."""

import random
from collections.abc import Callable
from typing import Any

from .payloads import ELSEWHERE, LINES, MARKUP

MANY = 1_000_000
# Text in which surrogates stand alone is sent as the bytes that they would be, which no decoder takes.
ODD_TEXT = (
    *("", " ", "\t", "\n", "\r\n", "\0", "a\0b", "\x01\x02\x1b[2J", "\x7f", "\x85", "\ufeff", "\ufffe", "\U0010ffff"),
    *("\ud800", "a\udfffb", "\udbff\udbff", "\u202eabc\u202c", "\u2066x\u2069", "\u200b" * 300, "\u200d\u200d"),
    *("e" + "\u0301" * 500, "ﷺ" * 200, "🏳️‍🌈" * 50, "İıſK", "ß" * 99, "Ѐ" * 300, "א\u05b0" * 100, "\u3164", "\u2028\u2029"),
    *("'", '"', "`", "';--", "%", "%s", "%(x)s", "{}", "{0.__class__}", "{{ 7*7 }}", "{% debug %}", "${7*7}", "\\", "\\u0000"),
    *("<script>alert(1)</script>", "&#0;", "]]>", "--", "/*", "null", "None", "undefined", "NaN", "true", "on", "[]", "a" * 9_000),
    *("../../etc/passwd", "C-XXX-XXX", "XXX-XXX", "~", "~~", "a~b", ",", ";", "=1+1", "+996 555 01", "@", "a@b", "x" * 200 + "@example.org"),
)  # fmt: skip
ODD_NUMBERS = (
    *("-1", "0", "-0", "00", "1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809"),
    *("1e999", "1e-999", "-1e5", "1.5", "1,5", "1_000", "0x10", "٣", "²", "½", "Infinity", "-inf", "nan", "9" * 400, "9" * 5_000, "1e400"),
    *("99999999999.99", "0.001", " 1 ", "+1", "1\u00a0000"),
)  # fmt: skip
ODD_DAYS = (
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "2026-02-30", "2024-02-29", "1582-10-10", "2026-W01", "2026-13-01"),
    *("2026-11-27T25:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "20261127", "today", "24:00", "23:59:60", "-1:00", "12", "99:99"),
)  # fmt: skip
ODD_IDS = (
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-4000-8000-000000000000}"),
    *("urn:uuid:00000000-0000-4000-8000-000000000000", "0" * 32, "not-a-uuid", "00000000-0000-4000-8000-00000000000g", "1:2", ":", "a:b:c"),
)  # fmt: skip
LOOKUPS = (
    "caseworker__password__startswith",
    "-pk",
    "?",
    "pk;select 1",
    "password",
    "data_key__wrapped",
    "__proto__",
    "a.b",
    '"x"',
)
DEEP_JSON = (
    "[" * 20_000,
    '{"a":' * 5_000,
    '{"a": "\\ud800"}',
    '{"a": 1e999}',
    "[1,",
    '"\\u0000"',
    "{}",
    "[[]]",
    "NaN",
    "9" * 5_000,
)
LANGUAGES = (
    "ru",
    "xx",
    "en-US,en;q=0.5",
    "*",
    "ru;q=abc",
    "zh-hant-hk-x-y",
    "a" * 600,
    "../../etc",
    "\0",
    "ru-\xff",
    ",".join(["ru"] * 500),
    "en_US",
    "i",
)

KINDS = (ODD_TEXT, ODD_TEXT, ODD_TEXT, ODD_NUMBERS, ODD_DAYS, ODD_IDS, LOOKUPS, DEEP_JSON, ELSEWHERE, LINES, MARKUP)


def odd(chance: random.Random) -> str:
    """Return a value of any kind; rarely one that is very long."""
    if chance.random() < 0.005:
        return chance.choice(("x", "я", "\u0301", "1", "\n", "<"))[0] * MANY
    return chance.choice(chance.choice(KINDS))


def odd_number(chance: random.Random) -> str:
    return chance.choice(ODD_NUMBERS)


# For the parts of an address: what comes after percent signs is sent as it is.
ODD_PARTS = (
    *(b"%00", b"%ff", b"%c3%28", b"%ed%a0%80", b"%", b"%zz", b"%2e%2e", b"..", b"%2f", b"%5c", b"%0d%0aX:1", b"%20", b"%e2%80%ae", b"\xff\xfe"),
    *(b"-1", b"0", b"00", b"2147483648", b"9223372036854775808", b"9" * 400, b"9" * 5_000, b"%d9%a3", b"1.5", b"1e5", b"10000", b"9999", b"1"),
    *(b"x" * 9_000, b"00000000-0000-0000-0000-000000000000", b"C-XXX-XXX", b"XXX-XXX", b"new", b"KZ", b"kz", b"ZZ", b"__class__", b"%F0%9F%8F%B3"),
    *(b"write_note", b"log_case", b"withdraw", b"done", b"kept", b"fact", b"choice", b"<script>", b"%3Cscript%3E", b"'", b"%27--", b"a~b", b";", b"*"),
)  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_HOST": (
        "evil.example",
        "localhost:99999",
        "localhost\0",
        "",
        "[::1",
        "a" * 5_000,
        "\xff",
        "localhost/..",
        "localhost, evil.example",
    ),
    "HTTP_X_FORWARDED_HOST": ("evil.example", "\0", "localhost:x"),
    "HTTP_X_FORWARDED_FOR": ("", "127.0.0.1, \0", "not an address", "::1", "a" * 5_000, ",,,", "999.1.1.1"),
    "HTTP_X_FORWARDED_PROTO": ("https", "javascript", "\0"),
    "HTTP_X_FORWARDED_PORT": ("-1", "x"),
    "HTTP_RANGE": (
        "bytes=0-",
        "bytes=-1",
        "bytes=9-1",
        "bytes=0-1,2-3," * 500,
        "lines=1-2",
        "bytes=9223372036854775808-",
    ),
    "HTTP_IF_NONE_MATCH": ("*", '"x"', "W/", '"' * 500, "\xff"),
    "HTTP_IF_MODIFIED_SINCE": (
        "x",
        "Thu, 99 Foo 9999 99:99:99 GMT",
        "Thu, 01 Jan 0000 00:00:00 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
    ),
    "HTTP_IF_UNMODIFIED_SINCE": ("Thu, 01 Jan 1970 00:00:00 GMT", "9" * 500),
    "HTTP_IF_MATCH": ("*", '"x"'),
    "HTTP_ACCEPT_LANGUAGE": LANGUAGES,
    "HTTP_ACCEPT": ("", "*/*;q=x", "text/html;" * 500, "application/json", "\xff/\xff"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=x", "br, *;q=0", "identity;q=0"),
    "HTTP_COOKIE": (
        *(
            "=",
            ";;;",
            "a=\xff",
            "session=",
            "session=" + "x" * 4_000,
            "session=\0",
            'session="\\000\\377"',
            "csrf=x",
            "csrf=" + "é" * 64,
        ),
        *(
            "django_language=../../etc",
            "django_language=" + "x" * 900,
            "django_language=\xff",
            "messages=x:y",
            "sessionid=.",
            "a=b; " * 900,
        ),
        *("$Version=1; session=1", "__Host-session=1", "session=a; session=b"),
    ),
    "HTTP_USER_AGENT": ("", "x" * 9_000, "\0", "\xff\xfe", "<script>alert(1)</script>", "Mozilla/5.0 (\u00e9)"),
    "HTTP_REFERER": (
        "",
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "http://[",
        "\0",
        "x" * 9_000,
        "http://localhost:99999/",
    ),
    "HTTP_ORIGIN": ("null", "https://evil.example", "http://[", "\0", "http://localhost:99999"),
    "HTTP_HX_REQUEST": ("true", "x"),
    "HTTP_HX_TARGET": ("x", "\0"),
    "HTTP_HX_CURRENT_URL": ("http://[", "javascript:alert(1)"),
    "HTTP_X_REQUESTED_WITH": ("XMLHttpRequest",),
    "HTTP_X_DRAFT": ("1", "\0"),
    "HTTP_X_CSRFTOKEN": ("x", "é" * 64, "\0"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_AUTHORIZATION": ("Basic x", "Bearer \0", "Digest"),
    "HTTP_SEC_FETCH_SITE": ("cross-site",),
    "CONTENT_LENGTH": ("9" * 30, "1", "0", ""),  # what is no number, the server in front refuses
    "CONTENT_TYPE": (
        *(
            "text/plain",
            "",
            "x",
            "/",
            ";;;",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded; charset=koi8-r",
        ),
        *(
            "text/html; charset=unicode_escape",
            "text/html; charset=idna",
            "text/html; charset=nope",
            "text/html; charset=hex",
        ),
        *(
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\xff",
            "multipart/mixed; boundary=x",
        ),
        *(
            "multipart/form-data; boundary=" + "x" * 300,
            "multipart/form-data; boundary=x; charset=utf-7",
            "\0",
            "application/xml",
        ),
    ),
}
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 300)

Make = Callable[[random.Random], Any]
