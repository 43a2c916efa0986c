"""A person's own copy; the file for an organisation elsewhere; and taking such a file in here."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from casework.accounts.access import memberships
from casework.accounts.actions.organisation import organisation
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client
from casework.documents.pictures import MOST_BYTES
from casework.lib.refusals import Refusal
from casework.lifecycle.own_copy.content import copy_of
from casework.lifecycle.own_copy.fates import plan
from casework.lifecycle.own_copy.opening import read
from casework.lifecycle.own_copy.packing import packed, portable
from casework.lifecycle.own_copy.taking_in import Taken, take_in
from casework.residency.actions import ensure_fresh
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.exports.files import about_file, handed_over
from casework.web.forms.errors import refuse
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest
from casework.web.sheet.views import language_of

from .forms import OwnCopyForm, PortableForm, TakeInForm
from .loading import case_to_copy, client_to_copy
from .paper import paper_of
from .words import INTRO, LABELS_IN

METHODS = ["GET", "HEAD", "POST"]
ENDING = "casework"


@requires(Permission.CASE_VIEW, step_up=True)
@require_http_methods(METHODS)
def own_copy(request: UserRequest, reference: str) -> Any:
    """Everything that is held about one person, for themselves: to read and for machines, with the pictures of their papers."""
    now, user = timezone.now(), request.user
    client = client_to_copy(user, reference, now)
    form = OwnCopyForm(request.POST or None, initial={"language": language_of(client)})
    if request.method == "POST" and form.is_valid():
        ensure_fresh([client.pk], now, by=user)
        language, shared_too = form.cleaned_data["language"], form.cleaned_data["shared_too"]
        copy = copy_of([client], by=user, now=now, shared_too=shared_too)
        record(
            "clients.own_copy_made", subject=client, case_id=client.case_id, by=user, now=now, language=language, shared_too=shared_too
        )  # fmt: skip
        title, intro = INTRO[language]
        with translation.override(LABELS_IN[language]):
            about = about_file(title, user, now, [intro, _contact()], teams=[client.case.team.name])
            pdf = paper_of(copy, about, language)
        content, lost = packed(copy, now=timezone.localtime(now), about=_about(language, about.mark), pdf=pdf)
        _say_lost(request, lost)
        return handed_over(content, name="copy", format="zip", now=now)
    text = _(
        "Everything that is held about this person, for themselves: a PDF in their language, the same for machines (JSON), and the pictures of their papers. "
        "What names other people of the case too is left out and counted. It is kept on record that the copy was made."
    )
    return one_form_page(
        request, form, title=_("Copy for them of what is held about them"), cancel_url=reverse("client", args=[reference]),
        header=case_header(client.case, now), who=client.full_name, text=text, case=client.case,
    )  # fmt: skip


@requires(Permission.CASE_VIEW, step_up=True)
@require_http_methods(METHODS)
def portable_file(request: UserRequest, code: str) -> Any:
    now, user = timezone.now(), request.user
    case = case_to_copy(user, code, now)
    people = list(Client.objects.filter(case=case).select_related("data_key", "case__data_key").principal_first())
    form = PortableForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        chosen, with_pictures = form.chosen(), form.cleaned_data["with_pictures"]
        content, lost = portable(
            copy_of(chosen, by=user, now=now), passphrase=form.cleaned_data["passphrase"], now=timezone.localtime(now), about=_about("en", about_file("", user, now, teams=[case.team.name]).mark), with_pictures=with_pictures
        )  # fmt: skip
        if len(content) <= MOST_BYTES:
            record(
                "clients.portable_made", subject=case, case_id=case.pk, by=user, now=now, people=len(chosen), with_pictures=with_pictures
            )  # fmt: skip
            _say_lost(request, lost)
            return _handed_over(content, now)
        form.add_error(
            "with_pictures",
            _(
                "With the pictures the file is larger than can be taken in. Make it without them, and give those along by themselves."
            ),
        )
    text = _(
        "One file that another organisation with this software can take in as a case of theirs. It opens with the passphrase and with nothing else: whoever finds it reads nothing."
    )
    return one_form_page(
        request, form, title=_("File for an organisation elsewhere"), cancel_url=reverse("case", args=[code]),
        header=case_header(case, now), text=text, case=case,
    )  # fmt: skip


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def take_in_file(request: UserRequest) -> HttpResponse:
    """Make a case of a file that another organisation made, or only say what is in it."""
    now, by = timezone.now(), request.user
    teams = Team.objects.filter(pk__in=memberships(by, Permission.CASE_CHANGE, now).values("team")).order_by("name")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TakeInForm(*sent, teams=list(teams))
    if request.method == "POST" and form.is_valid():
        try:
            data = _read(form)
            if form.cleaned_data["only_look"]:
                return _looked(request, data)
            team = form.teams[form.cleaned_data["team"]]
            taken = take_in(
                data, team=team, caseworker=_worker(by, team, now), by=by, now=now, token=form.cleaned_data["id"]
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _taken_in(request, taken)
    text = _(
        "A file that another organisation made for you. Its people become a case of your team, with their papers and pictures, stays, addresses, needs and notes. Deadlines are computed here. A note in the case says what came and what did not."
    )
    return one_form_page(
        request, form, title=_("Take in a file of another organisation"), cancel_url=reverse("cases"), text=text
    )


def _read(form: TakeInForm) -> dict[str, Any]:
    upload: Any = form.cleaned_data["file"]
    content = b"" if upload.is_too_big else b"".join(upload.chunks())
    return read(form.cleaned_data["passphrase"], content)


def _looked(request: UserRequest, data: dict[str, Any]) -> HttpResponse:
    """Say how many of what, what would become of it, and who made it when. Nobody is named: the reader has the file."""
    said: Any = data.get("about")
    about: dict[str, Any] = said if isinstance(said, dict) else {}
    record("lifecycle.portable_seen", by=request.user, now=timezone.now(), tables=len(data["tables"]))
    context = {
        "lines": plan(data["tables"]),
        "made_by": str(about.get("organisation", ""))[:200],
        "made_at": str(data.get("made_at", ""))[:10],
    }
    return render(request, "own_copy/looked.html", context)


def _taken_in(request: UserRequest, taken: Taken) -> HttpResponse:
    assert taken.case is not None  # noqa: S101 - it has just been made
    count = sum(taken.rows.values())
    messages.success(
        request, ngettext("%(count)s row is taken in.", "%(count)s rows are taken in.", count) % {"count": count}
    )
    if taken.refused or taken.others:
        messages.info(request, _("What was not taken in, and why, stands in a note in the log of the case."))
    return redirect("case", taken.case.code)


def _worker(user: User, team: Team, now: datetime) -> User | None:
    return user if memberships(user, Permission.CASE_CHANGE, now).filter(team=team).exists() else None


def _say_lost(request: UserRequest, lost: int) -> None:
    """Say on the next page, for a download has none, what is missing in the file."""
    if lost:
        said = ngettext(
            "%(count)s picture of a paper could not be read and is not in the file.",
            "%(count)s pictures of papers could not be read and are not in the file.",
            lost,
        )
        messages.warning(request, said % {"count": lost})


def _handed_over(content: bytes, now: datetime) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/octet-stream")
    day = timezone.localtime(now).date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="portable-{day}.{ENDING}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _about(language: str, mark: str) -> dict[str, str]:
    return {"organisation": organisation().name, "language": language, "mark": mark}


def _contact() -> str:
    us = organisation()
    return " · ".join(part for part in (us.name, us.data_contact) if part)
