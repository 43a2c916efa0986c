"""What holds for every answer, whatever its status and whoever asked."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

HERE = "testserver"

SOURCES = {"'self'", "'none'", "data:"}
DIRECTIVES = {
    *("default-src", "script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "base-uri", "frame-ancestors"),
}  # fmt: skip
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAYS_TOO_MUCH = ("Server", "X-Powered-By", "Via", "X-AspNet-Version", "Access-Control-Allow-Origin", "SourceMap")
HASHED = re.compile(r"^/static/.+\.[0-9a-f]{12}\.\w+$")


def missing_in(response: Any, path: str) -> list[str]:
    """Return what the headers of an answer should say and do not, or say and should not."""
    wrong = [name for name, value in EXACTLY.items() if response.get(name) != value]
    wrong += [name for name in SAYS_TOO_MUCH if name in response]
    wrong += _of_the_policy(response.get("Content-Security-Policy", ""))
    if "camera=()" not in response.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    kept = response.get("Cache-Control", "")
    if HASHED.match(path) and response.status_code == 200:
        wrong += [] if "immutable" in kept else ["Cache-Control of a hashed file"]
    elif "no-store" not in kept:
        wrong.append("Cache-Control")
    if leads_away(response.get("Location", "")):
        wrong.append(f"Location {response['Location']}")
    wrong += [f"{name} of more than a line" for name, value in response.headers.items() if set("\r\n\0") & set(value)]
    for morsel in response.cookies.values():
        is_closed = morsel["httponly"] and morsel["samesite"] in ("Lax", "Strict")
        if not is_closed and morsel["max-age"] != 0:  # 0: it is taken back
            wrong.append(f"cookie {morsel.key}")
    return wrong


def _of_the_policy(text: str) -> list[str]:
    directives = dict(each.strip().split(" ", 1) for each in text.split(";") if " " in each.strip())
    if text == "sandbox; default-src 'none'":
        return []
    wrong = [f"policy without {name}" for name in DIRECTIVES - directives.keys()]
    if directives.get("default-src") != "'none'" or directives.get("frame-ancestors") != "'none'":
        wrong.append("policy that is open by default")
    if "data:" in directives.get("script-src", "") + directives.get("style-src", ""):
        wrong.append("policy that lets scripts come along")
    return wrong + [f"{name} {value}" for name, value in directives.items() if not set(value.split()) <= SOURCES]


def leads_away(location: str) -> bool:
    """Whether a browser of this site would end up on another, as browsers read addresses: they forgive a lot."""
    bare = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", bare, re.IGNORECASE)
    if scheme and scheme[1].lower() in ("http", "https"):
        bare = f"{scheme[1]}://{bare[len(scheme[0]) :].lstrip('/')}"
    elif scheme:
        return True
    elif bare.startswith("//"):
        bare = f"//{bare.lstrip('/')}"
    try:
        return urlsplit(urljoin(f"http://{HERE}/", bare)).hostname != HERE
    except ValueError:
        return True
