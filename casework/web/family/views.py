"""Who is what to whom: shown, suggested and confirmed in one step, recorded, corrected, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.access import cases_visible_to
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Client, Relation
from casework.lib.ids import new_id
from casework.lib.kinship import ANSWER_FOR_A_CHILD, Suggestion, Tie, follows, tie_to_principal
from casework.lib.refusals import Refusal
from casework.web.cases.acting import form_page, is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case, visible_case
from casework.web.cases.people import person_row, today_of_case
from casework.web.cases.views.case import people_of
from casework.web.decorators import requires
from casework.web.looking import shown
from casework.web.opening import ask_where_restricted, open_or_404
from casework.web.request import UserRequest

from .forms import ChangeRelationForm, RelateForm
from .words import is_the

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRow:
    """One line of the family: who is what of whom."""

    one: Client
    words: str
    other: Client
    key: str
    relation: Relation | None = None
    certain: bool = True


@requires(Permission.CASE_VIEW)
@require_safe
def family(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    people = people_of(case)
    relations = relations_of(people, request.user, now)
    today = today_of_case(case, people[0] if people else None, now)
    ties: list[Tie[Any]] = [row.tie for row in relations]
    record("clients.family_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    context = {
        "case": case,
        "header": case_header(case, now),
        "rows": [_row(row, row.one, row.other) for row in relations],
        "suggested": _suggested(people, ties) if case.may_change else [],
        "unguarded": [
            row.client
            for row in (person_row(it, today) for it in people)
            if row.is_child and is_unguarded(row.client, people, ties)
        ],
        "batch": new_id(),
        "may_change": case.may_change,
    }
    return render(request, "family/family.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def confirm_relations(request: UserRequest, code: str) -> HttpResponse:
    """Record those of the suggested relations that are ticked; what is not suggested is not recorded."""
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = people_of(case)
    on_file: list[Tie[Any]] = [row.tie for row in relations_of(people, by, now)]
    ticked = set(request.POST.getlist("tie"))
    ties = [it.tie for it in _follows(people, on_file) if _key(it.tie) in ticked]
    batch = _uuid(request.POST.get("batch", ""))
    today = today_of_case(case, None, now)
    try:
        made = actions.confirm_relations(case=case, ties=ties, batch=batch, by=by, now=now, today=today)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        if made:
            undo = reverse("take_back_relations", args=[code, batch])
            messages.success(
                request, format_html('{} <a href="{}">{}</a>', _("The relations are on file."), undo, _("Undo"))
            )
        else:
            messages.info(request, _("Nothing was ticked."))
    return redirect("family", code)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def take_back_relations(request: UserRequest, code: str, batch: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    if request.method == "POST":
        actions.take_back_relations(case=case, batch=batch, by=by, now=now)
        messages.success(request, _("Taken back."))
        return redirect("family", code)
    context = {
        "title": _("Take back the relations that were confirmed together?"),
        "act_label": _("Take them back"),
        "cancel_url": reverse("family", args=[code]),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def relate(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = people_of(case)
    form = RelateForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        other = _other(people, values, by, now)
        if other is not None:
            ask_where_restricted(other.case)
        if other is None:
            form.add_error("reference", _("There is no such person among those whom you may see."))
        elif is_done(
            form,
            lambda: actions.relate(
                one=_of(people, values["one"]),
                kind=values["kind"],
                other=other,
                remark=values["remark"],
                relation_id=values["id"],
                by=by,
                now=now,
                today=today_of_case(case, None, now),
            ),
        ):
            messages.success(request, _("The relation is on file."))
            return redirect("family", code)
    return form_page(request, case, form, title=_("Record a relation"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_relation(request: UserRequest, relation_id: UUID) -> HttpResponse:
    """Correct in place what two people are to each other."""
    now, by = timezone.now(), request.user
    relation = _changeable(by, relation_id, now)
    case, people = relation.one.case, [relation.one, relation.other]
    form = ChangeRelationForm(request.POST or None, people=people, initial=ChangeRelationForm.initial_of(relation))
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"relation": relation, "version": form.version_read} | form.values()
        today = today_of_case(case, None, now)
        if is_done(form, lambda: actions.change_relation(by=by, now=now, today=today, **told)):
            messages.success(request, _("The relation is corrected."))
            return redirect("family", case.code)
    who = f"{relation.one.full_name}, {relation.other.full_name}"
    return form_page(request, case, form, title=_("Correct a relation"), now=now, who=who)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def remove_relation(request: UserRequest, relation_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    relation = _changeable(by, relation_id, now)
    code = relation.one.case.code
    if request.method == "POST":
        try:
            actions.remove_relation(relation=relation, version=relation.version, by=by, now=now)
            messages.success(request, _("The relation is removed."))
        except ChangedMeanwhile:
            messages.error(request, _("Somebody else changed this while you were looking. Nothing was removed."))
        return redirect("family", code)
    row = _row(relation, relation.one, relation.other)
    context = {
        "title": _("Remove this relation?"),
        "text": f"{row.one.full_name}: {row.words} → {row.other.full_name}",
        "act_label": _("Remove it"),
        "cancel_url": reverse("family", args=[code]),
        "is_danger": True,
    }
    return render(request, "components/confirm_page.html", context)


def _changeable(by: User, relation_id: UUID, now: datetime) -> Relation:
    """Return a relation of somebody in a case that this user may change, both of whom they see, or answer 404."""
    may_change = cases_visible_to(by, now, permission=Permission.CASE_CHANGE, prefix="one__case__") | cases_visible_to(
        by, now, permission=Permission.CASE_CHANGE, prefix="other__case__"
    )
    rows: Any = Relation.objects
    with_both = (
        "data_key",
        "one__data_key",
        "other__data_key",
        "other__case",
        "one__case__team",
        "one__case__data_key",
    )
    found: Relation = open_or_404(
        rows.visible_to(by, now).filter(may_change).select_related(*with_both), pk=relation_id
    )
    shown(found.one.case_id)
    return found


def relations_of(people: Sequence[Client], user: User, now: datetime) -> list[Relation]:
    """Return what is on file of these people, as far as the reader sees both sides, in one query."""
    rows: Any = Relation.objects
    found = rows.visible_to(user, now).among([each.pk for each in people])
    return list(
        found.select_related("data_key", "one__data_key", "other__data_key").order_by("kind", "recorded_at", "id")
    )


def is_unguarded(child: Client, people: Sequence[Client], ties: Sequence[Tie[Any]]) -> bool:
    """Whether neither a parent nor a guardian of a child is on file, by a relation or by that to the principal applicant."""
    said: list[Tie[Any]] = list(ties)
    for each in people[1:]:
        tie = tie_to_principal(each.relation, each.pk, people[0].pk)
        said += [tie] if tie else []
    return not any(tie.kind in ANSWER_FOR_A_CHILD and tie.other == child.pk for tie in said)


def _follows(people: Sequence[Client], on_file: Sequence[Tie[Any]]) -> list[Suggestion[Any]]:
    if not people:
        return []
    return follows(people[0].pk, {each.pk: str(each.relation) for each in people[1:]}, on_file)


def _suggested(people: Sequence[Client], on_file: Sequence[Tie[Any]]) -> list[TieRow]:
    by_id = {each.pk: each for each in people}
    return [
        TieRow(
            one=by_id[it.tie.one],
            words=is_the(it.tie.kind, by_id[it.tie.one].sex),
            other=by_id[it.tie.other],
            key=_key(it.tie),
            certain=it.certain,
        )
        for it in _follows(people, on_file)
    ]


def _row(relation: Relation, one: Client, other: Client) -> TieRow:
    return TieRow(one=one, words=is_the(relation.kind, one.sex), other=other, key="", relation=relation)


def _key(tie: Tie[Any]) -> str:
    return f"{tie.one}:{tie.kind}:{tie.other}"


def _of(people: Sequence[Client], key: str) -> Client:
    return next(each for each in people if str(each.pk) == key)


def _other(people: Sequence[Client], values: dict[str, Any], by: User, now: datetime) -> Client | None:
    if values["other"]:
        return _of(people, values["other"])
    clients: Any = Client.objects
    found: Client | None = clients.visible_to(by, now).filter(reference=values["reference"].strip().upper()).first()
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()
