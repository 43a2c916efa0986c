"""Everything that can happen to a scan and to its pages."""

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.clients.fact_rows import refuse_rows_of_others
from casework.clients.models import Client
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey

from .. import scanning, storage
from ..models import Document, Scan, ScanPage
from ..pictures import Picture, turned

MOST_PAGES = 100
UNDO_WITHIN = timedelta(days=1)
# A file waits for its row only as long as one upload is worked on.
ORPHAN_AFTER = timedelta(hours=1)
# So many files at once are looked for among the rows.
LOOKED_AT = 1000


class UnableToKeepScan(Refusal):
    pass


def add_pages(
    *,
    client: Client,
    scan_id: UUID,
    source: UUID,
    pictures: Iterable[Picture],
    by: User,
    now: datetime,
    check_state: str = Scan.Check.NOT_SCANNED,
    kind: str = Scan.Kind.IDENTITY,
    document: Document | None = None,
) -> tuple[Scan, int]:
    """Keep the pages of one chosen file; return the scan that they are in and how many were added.

    `scan_id` names the scan and `source` the file: what is sent again is neither decoded nor kept again. The files are
    written before the rows; where the rows are refused, the files go. Raises UnableToKeepScan.
    """
    refuse_rows_of_others(client, {"document": document}, UnableToKeepScan)
    earlier = Scan.objects.filter(pk=scan_id).first()
    if earlier is not None and earlier.client_id != client.pk:
        raise SuspiciousOperation("the token of a form names a scan of somebody else")
    if earlier is not None and earlier.pages.filter(source=source).exists():
        return earlier, 0
    scan = earlier or Scan(id=scan_id, data_key=client.data_key, client=client, added_by=by, added_at=now)
    if earlier is None:
        scan.kind, scan.document, scan.check_state = kind, document, check_state
    pages: list[ScanPage] = []
    try:
        for number, picture in enumerate(pictures):
            pages.append(_keep(picture, scan.data_key, ScanPage(source=source, source_page=number)))
        scan, added = _enter(scan, pages, by=by, now=now)
    except BaseException:
        storage.remove(_files_of(pages))
        raise
    if not added:
        storage.remove(_files_of(pages))
    return scan, added


@transaction.atomic
def change_scan(*, scan: Scan, version: int, kind: str, document: Document | None, by: User, now: datetime) -> Scan:
    """Say anew what a scan shows. Raises ChangedMeanwhile, UnableToKeepScan."""
    refuse_rows_of_others(scan.client, {"document": document}, UnableToKeepScan)
    scan = locked(scan, version=version, mine={"kind": kind, "document": document})
    if changed := write(scan, {"kind": kind, "document": document}):
        _say("documents.scan_changed", scan, by, now, fields=sorted(changed))
    return scan


@transaction.atomic
def remove_scan(*, scan: Scan, by: User, now: datetime) -> Scan:
    """Take a scan out of sight. For a day it can be taken back."""
    scan = Scan.objects.select_for_update().get(pk=scan.pk)
    if scan.removed_at is None:
        write(scan, {"removed_at": now, "removed_by": by})
        _say("documents.scan_removed", scan, by, now)
    return scan


@transaction.atomic
def restore_scan(*, scan: Scan, by: User, now: datetime) -> Scan:
    """Take back the removal of a scan."""
    scan = Scan.objects.select_for_update().get(pk=scan.pk)
    if scan.removed_at is not None:
        write(scan, {"removed_at": None, "removed_by": None})
        _say("documents.scan_restored", scan, by, now)
    return scan


@transaction.atomic
def move_page(*, page: ScanPage, earlier: bool, by: User, now: datetime) -> None:
    """Let a page change places with its neighbour. The first does not move further up, nor the last down."""
    scan = Scan.objects.select_for_update().get(pk=page.scan_id)
    pages = list(scan.pages.order_by("number"))
    place = next((place for place, each in enumerate(pages) if each.pk == page.pk), None)
    other = None if place is None else place + (-1 if earlier else 1)
    if place is None or other is None or not 0 <= other < len(pages):
        return
    one, another = pages[place], pages[other]
    one.number, another.number = another.number, one.number
    ScanPage.objects.bulk_update([one, another], ["number"])
    _say("documents.scan_pages_ordered", scan, by, now)


def turn_page(*, page: ScanPage, quarters: int, by: User, now: datetime) -> None:
    """Turn a page by quarters to the right, as new files; the old ones go when the row names the new.

    Raises UnableToReadFile and whatever reading the old file raises.
    """
    scan = Scan.objects.get(pk=page.scan_id)
    before = [page.file_id, page.preview_id]
    picture = turned(b"".join(storage.read(page.file_id, scan.data_key)), quarters=quarters)
    fresh = _keep(picture, scan.data_key, ScanPage())
    values = {name: getattr(fresh, name) for name in ("file_id", "preview_id", "width", "height", "size")}
    try:
        with transaction.atomic():
            # Turned twice at the same moment, it is turned once.
            is_first = ScanPage.objects.filter(pk=page.pk, file_id=page.file_id).update(**values)
            if is_first:
                _say("documents.scan_page_turned", scan, by, now, page=page.number)
    except BaseException:
        storage.remove(_files_of([fresh]))
        raise
    storage.remove(before if is_first else _files_of([fresh]))


def purge_removed(*, now: datetime) -> int:
    """Delete what was removed longer ago than it can be taken back, rows first; return how many scans. What a legal hold keeps stays."""
    gone, count = Scan.objects.all().removed_before(now - UNDO_WITHIN).not_held(), 0
    for pk in list(gone.values_list("pk", flat=True)):
        with transaction.atomic():
            # Looked at again: somebody may have taken the removal back meanwhile.
            scan = gone.select_related("client").select_for_update(of=("self",)).filter(pk=pk).first()
            if scan is None:
                continue
            files = _files_of(list(scan.pages.all()))
            _say("documents.scan_purged", scan, None, now, pages=len(files) // 2)
            scan.delete()
        storage.remove(files)
        count += 1
    return count


def remove_orphans(*, now: datetime) -> int:
    """Remove files older than an hour that no row names, as a killed process leaves them; return how many.

    What else lies there, in a folder or a bucket that is used for other things too, is not ours to remove.
    """
    found, pages, count = storage.older_than((now - ORPHAN_AFTER).timestamp()), ScanPage.objects.all(), 0
    while some := list(islice(found, LOOKED_AT)):
        ids = [each.file_id for each in some if each.file_id is not None]
        named = set(pages.filter(file_id__in=ids).values_list("file_id", flat=True))
        named |= set(pages.filter(preview_id__in=ids).values_list("preview_id", flat=True))
        count += storage.discard(
            each for each in some if each.is_unfinished or (each.file_id is not None and each.file_id not in named)
        )
    return count


def check_waiting(*, now: datetime) -> int:
    """Ask about scans whose check is outstanding, until scanner or storage do not answer; return how many were answered."""
    answered = 0
    for scan in Scan.objects.all().waiting_for_check().order_by("added_at"):
        with contextlib.suppress(*storage.CANNOT_BE_READ):
            state = _verdict(scan)
            if state == Scan.Check.WAITING:
                return answered
            with transaction.atomic():
                Scan.objects.filter(pk=scan.pk).update(check_state=state)
                _say("documents.scan_checked", scan, None, now, state=str(state))
            answered += 1
    return answered


def _verdict(scan: Scan) -> Scan.Check:
    """Return what the scanner says of all pages together: the worst of them."""
    states = {scanning.check(storage.read(page.file_id, scan.data_key)) for page in scan.pages.all()}
    order = (Scan.Check.INFECTED, Scan.Check.WAITING, Scan.Check.NOT_SCANNED, Scan.Check.CLEAN)
    return next(state for state in order if state in states or state == Scan.Check.CLEAN)


def _keep(picture: Picture, data_key: DataKey, page: ScanPage) -> ScanPage:
    """Write both files of a page, or none."""
    page.file_id, page.preview_id = new_id(), new_id()
    page.width, page.height, page.size = picture.width, picture.height, len(picture.content)
    storage.write(page.file_id, [picture.content], data_key)
    try:
        storage.write(page.preview_id, [picture.preview], data_key)
    except BaseException:
        storage.remove([page.file_id])
        raise
    return page


@transaction.atomic
def _enter(scan: Scan, pages: list[ScanPage], *, by: User, now: datetime) -> tuple[Scan, int]:
    scan, is_new = insert_once(scan, client_id=scan.client_id) if scan._state.adding else (scan, False)
    scan = Scan.objects.select_for_update().get(pk=scan.pk)
    if scan.removed_at is not None:
        raise UnableToKeepScan(_("This scan has been removed meanwhile. Take it back first, or begin a new one."))
    numbers = list(scan.pages.values_list("number", flat=True))
    if len(numbers) + len(pages) > MOST_PAGES:
        raise UnableToKeepScan(_("A scan has at most 100 pages. Begin another one for the rest."), field="files")
    for number, page in enumerate(pages, start=max(numbers, default=0) + 1):
        page.scan, page.number = scan, number
    try:
        with transaction.atomic():
            ScanPage.objects.bulk_create(pages)
    except IntegrityError:
        if scan.pages.filter(source=pages[0].source).exists():
            return scan, 0  # the same file was sent twice at the same moment
        raise
    event = "documents.scan_added" if is_new else "documents.scan_pages_added"
    _say(event, scan, by, now, pages=len(pages), kind=scan.kind)
    return scan, len(pages)


def _files_of(pages: list[ScanPage]) -> list[UUID]:
    return [each for page in pages for each in (page.file_id, page.preview_id)]


def _say(event: str, scan: Scan, by: User | None, now: datetime, **data: object) -> None:
    record(event, subject=scan, case_id=scan.client.case_id, by=by, now=now, client=str(scan.client_id), **data)
