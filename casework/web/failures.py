"""What can fail below every page: the disk is full; storage or database are away; the database takes no changes or no one more.

Each is a page that says what happened to what was sent, in the reader's language and without the database. Whoever sent a
form gets it back in that page, to send it once more: browsers keep no page of ours, so "go back" would lose what was typed.
"""

import errno
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.documents.storage import StorageIsAway
from casework.lib.at_work import mark

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`is_certain`: it is known that nothing was saved. `seconds`: when to try again."""

    code: str
    title: Promise
    what: Promise
    for_administrator: Promise
    seconds: int
    is_certain: bool = True


DISK_FULL = Failure(
    code="disk_full",
    title=_("There is no room left"),
    what=_("The disk on which Casework writes is full. Everything that was recorded before is safe."),
    for_administrator=_("the disk is full"),
    seconds=300,
)
READ_ONLY = Failure(
    code="read_only",
    title=_("Nothing can be changed at the moment"),
    what=_(
        "The database takes no changes for now, because it is being looked after. Whatever is looked at is recorded first, so most pages do not open either."
    ),
    for_administrator=_("the database can only be read"),
    seconds=120,
)
AWAY = Failure(
    code="database_away",
    title=_("The database does not answer"),
    what=_("Casework cannot reach its database. It may just be starting again, which takes a minute or two."),
    for_administrator=_("the database does not answer"),
    seconds=30,
    is_certain=False,  # where the line broke while something was being saved, nobody knows from here
)
BUSY = Failure(
    code="busy",
    title=_("Casework is too busy at the moment"),
    what=_("Too many things are being done at once, or an upgrade is under way. This usually passes within a minute."),
    for_administrator=_("the database has no room for one more connection, or something waits for a lock"),
    seconds=15,
)
STORAGE_AWAY = Failure(
    code="storage_away",
    title=_("The storage of pictures does not answer"),
    what=_("Casework cannot reach the place where pictures of papers are kept. Everything else works."),
    for_administrator=_("the storage of files does not answer; the log says why"),
    seconds=60,
    is_certain=False,
)

# States of PostgreSQL (Appendix A of its manual).
BY_STATE = {
    "53100": DISK_FULL,
    "25006": READ_ONLY,
    "53300": BUSY,  # too many connections
    "53200": BUSY,  # out of memory
    "55P03": BUSY,  # a lock was not given in time
    "57014": BUSY,  # it took longer than it may
    "57P01": AWAY,  # it is being shut down
    "57P02": AWAY,  # it has crashed
    "57P03": AWAY,  # it is starting
}
BY_NUMBER = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL, errno.EROFS: READ_ONLY}
# Who is refused a connection gets no state, only words; in the database's language, so this finds some.
NO_ROOM = re.compile("too many clients|remaining connection slots|too many connections")

# What somebody proves who they are with is not written into a page.
PROOF = re.compile("password|passwd|secret|credential|^code$|^otp|recovery")


def failure_of(error: BaseException | None) -> Failure | None:
    """Return what has failed below, None where the error is of another kind."""
    for each in _causes(error):
        if isinstance(each, StorageIsAway):
            return STORAGE_AWAY
        if isinstance(each, OSError) and not isinstance(each, ConnectionError) and each.errno in BY_NUMBER:
            return BY_NUMBER[each.errno]
        state = getattr(each, "sqlstate", None)
        if state in BY_STATE:
            return BY_STATE[state]
        if state is not None and state.startswith("08"):
            return AWAY
        if isinstance(each, OperationalError | InterfaceError) and not _has_state(each):
            return BUSY if NO_ROOM.search(str(each)) else AWAY
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _has_state(error: BaseException) -> bool:
    return any(getattr(each, "sqlstate", None) for each in _causes(error))


def failed(request: HttpRequest, failure: Failure) -> HttpResponse:
    """Answer what fits: a page, or a few words to a script, which then tries again by itself."""
    logger.critical("cannot serve: %s", failure.code)
    headers = {"Retry-After": str(failure.seconds)}
    if is_of_a_script(request):
        told = {"said": str(failure.title), "failure": failure.code, "request": mark().request}
        return JsonResponse(told, status=503, headers=headers)
    sent, has_files = what_was_sent(request)
    context = {
        "failure": failure,
        "is_sent": request.method not in {"GET", "HEAD"},
        "sent": sent,
        "to_read": [value for name, value in sent if name != "csrfmiddlewaretoken" and _is_worth_copying(value)],
        "has_files": has_files,
        "address": request.get_full_path(),
        "mark": mark().request,
    }
    return HttpResponse(render_to_string("failure.html", context), status=503, headers=headers)


def is_of_a_script(request: HttpRequest) -> bool:
    return (
        request.path.startswith("/api/")
        or "X-Draft" in request.headers
        or request.headers.get("Sec-Fetch-Dest") == "empty"
    )


def what_was_sent(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """Return the fields of a form, to be sent again by whoever sent them; none where they prove who somebody is.

    The token against forms of other sites is the one that was sent, so a form from elsewhere stays refused.
    """
    if request.method != "POST" or request.path.startswith("/account/"):
        return [], False
    try:
        pairs = [(str(name), str(value)) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (OSError, DatabaseError, SuspiciousOperation, RequestDataTooBig, MultiPartParserError):
        return [], True  # it never came in whole
    if not pairs and request.content_type == "multipart/form-data":
        return [], True  # nor did this: what was read of it is gone
    if any(PROOF.search(name) for name, _value in pairs):
        return [], has_files
    return pairs, has_files


def _is_worth_copying(value: str) -> bool:
    return len(value) >= 20 and any(letter.isspace() for letter in value)
