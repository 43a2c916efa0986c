"""Taking a list along: at once if it is short, by a worker if it is long."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from casework.accounts.models import Job
from casework.lib.refusals import Refusal
from casework.reports import actions, pdf
from casework.reports.models import Export
from casework.reports.table import Table
from casework.web.components import Progress
from casework.web.decorators import signed_in
from casework.web.request import UserRequest, permissions_in
from casework.web.sign_in.step_up import ask_again

from ..files import about_file, handed_over, pieces_of
from ..forms import ExportListForm
from ..listing import Listing, rows_of
from ..lists import LISTS
from ..work import in_words

# More rows than that are written by a worker.
AT_ONCE = 500


@signed_in
@require_POST
def export_list(request: UserRequest, key: str) -> HttpResponse | StreamingHttpResponse:
    """Answer with the list as the page shows it to this user with the filters of the address, all pages of it."""
    now, listing = timezone.now(), _listing(request, key)
    ask_again(request)
    page = reverse(listing.url_name) + (f"?{request.GET.urlencode()}" if request.GET else "")
    form = ExportListForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose in which shape you want the list."))
        return redirect(page)
    question = listing.ask(request.user, request.GET, now)
    shape, with_hxl = form.cleaned_data["format"], form.cleaned_data["with_hxl"]
    if shape == Export.Format.PDF and question.count > pdf.MOST_ROWS:
        messages.error(request, _too_many_to_print(question.count))
        return redirect(page)
    asked = actions.Asked(
        listing=key,
        format=shape,
        with_hxl=with_hxl,
        query=request.GET.urlencode(),
        filters=question.filters,
        language=get_language() or "en",
    )
    if question.count > AT_ONCE:
        return _begin(request, asked, page)
    rows = list(rows_of(question))
    about = about_file(str(listing.title), request.user, now, in_words(question))
    table = Table(key=key, title=str(listing.title), columns=question.columns or listing.columns(), rows=rows)
    content = b"".join(pieces_of(shape, table, about, with_hxl=with_hxl))
    actions.record_export(listing=key, format=shape, rows=len(rows), filters=question.filters, by=request.user, now=now)
    return handed_over(content, name=key, format=shape, now=now)


@signed_in
@require_safe
def export(request: UserRequest, export_id: UUID) -> HttpResponse:
    """How far a file is, and where to fetch it."""
    mine = _mine(request, export_id)
    listing = LISTS.get(mine.listing)
    is_ready = Export.objects.fetchable(timezone.now()).filter(pk=mine.pk).exists()
    job = mine.job
    context = {
        "export": mine,
        "job": Progress(
            title=_("The list as a file"),
            state=job.state,
            done=job.done,
            total=job.total or None,
            message=job.message,
        ),
        "is_ready": is_ready,
        "is_running": job.state in {"waiting", "running"},
        "back_url": reverse(listing.url_name) if listing else reverse("home"),
    }
    return render(request, "exports/export.html", context)


@signed_in
@require_POST
def cancel_export(request: UserRequest, export_id: UUID) -> HttpResponse:
    mine = _mine(request, export_id)
    stopped = actions.cancel_export(export=mine, by=request.user, now=timezone.now())
    messages.success(request, _("Stopped. Nothing of the file is kept.") if stopped else _("It had ended already."))
    return redirect("export", export_id)


@signed_in
@require_POST
def forget_export(request: UserRequest, export_id: UUID) -> HttpResponse:
    mine = _mine(request, export_id)
    listing = LISTS.get(mine.listing)
    actions.forget_export(mine)
    messages.success(request, _("The file is deleted."))
    return redirect(listing.url_name if listing else "home")


@signed_in
@require_GET
def fetch_export(request: UserRequest, export_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Hand over a file that is ready, if its owner may still see everything in it."""
    now, mine = timezone.now(), _mine(request, export_id)
    if (listing := LISTS.get(mine.listing)) is None or listing.permission not in permissions_in(request):
        raise PermissionDenied
    ask_again(request)
    try:
        content = actions.fetch_export(export=mine, by=request.user, now=now)
    except Refusal as refusal:
        if mine.job.state == Job.State.DONE:
            actions.forget_export(mine)
        messages.error(request, refusal.sentence)
        return redirect(listing.url_name)
    return handed_over(content, name=mine.listing, format=mine.format, now=now, size=mine.size)


def _listing(request: UserRequest, key: str) -> Listing:
    """Return a list that this user may take along: unknown ones are not there, others are refused."""
    listing = LISTS.get(key)
    if listing is None:
        raise Http404
    if listing.permission not in permissions_in(request):
        raise PermissionDenied
    return listing


def _mine(request: UserRequest, export_id: UUID) -> Export:
    exports = Export.objects.of(request.user).select_related("job", "data_key")
    mine: Export = get_object_or_404(exports, pk=export_id)
    return mine


def _begin(request: UserRequest, asked: actions.Asked, page: str) -> HttpResponse:
    try:
        begun = actions.start_export(asked=asked, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(page)
    return redirect("export", begun.pk)


def _too_many_to_print(count: int) -> str:
    return ngettext(
        "%(count)s row is too much for paper. Filter the list, or take it as a spreadsheet.",
        "%(count)s rows are too many for paper. Filter the list, or take it as a spreadsheet.",
        count,
    ) % {"count": count}
