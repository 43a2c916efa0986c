"""A worked example of a draft, run while it is written: computed beside expected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.residency import wording
from casework.residency.actions.rules import DraftChangedMeanwhile, change_draft
from casework.residency.drafts import digest_of, said_by
from casework.residency.models import Rule
from casework.residency.rules.examples import Result, check
from casework.web.conflicts import Difference
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest, permissions_in

from ..draft_page import load_draft
from ..example_forms import LABELS, Example, ExampleForm, form_for, in_words, initial_of

RUN, SAVE, TAKE, REMOVE = "run", "save", "take", "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One date or number: computed, and expected if it is."""

    label: str
    computed: str
    expected: str
    is_expected: bool
    agrees: bool


@requires(Permission.RULES_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_example(request: UserRequest, number: int, place: int) -> HttpResponse:
    """Show the example at `place`, 0 for a new one. Whoever keeps rules runs it; an editor saves it."""
    draft = load_draft(number)
    if request.method == "POST" and place > len(draft.worked_examples):
        place = 0  # somebody removed it meanwhile: what was typed is kept, as a new one
    stored = _stored(draft, place)
    as_text = "text" in (request.POST if request.method == "POST" else request.GET)
    make = form_for(draft, stored, as_text=as_text)
    others = [it.get("id") for n, it in enumerate(draft.worked_examples, 1) if n != place and isinstance(it, dict)]
    now_seen = digest_of(said_by(draft))
    initial = initial_of(make, draft, stored, _new_name(draft)) | {"seen": now_seen}
    form = make(request.POST if request.method == "POST" else None, rule=draft, others=others, initial=initial)
    act = request.POST.get("act", RUN)
    if act in (SAVE, TAKE, REMOVE) and Permission.RULES_EDIT in permissions_in(request):
        done = _remove(request, form, draft, place) if act == REMOVE else _save(request, form, draft, place, act)
        if done is not None:
            return done
    if request.method != "POST":
        result = check(stored) if stored is not None else None
    else:
        result = check(form.example()) if form.is_valid() else None
    return _page(request, draft, place, form, result)


def _save(request: UserRequest, form: ExampleForm, draft: Rule, place: int, act: str) -> HttpResponse | None:
    """Write the example into the draft; None where something is to be mended first."""
    if not form.is_valid():
        return None
    example = form.example()
    result = check(example)
    if result.error is not None:
        form.add_error(None, result.error)
        return None
    if act == TAKE:
        if form.cleaned_data["looked"] != digest_of(result.computed or {}):
            form.add_error(None, _("The facts have changed since you looked. Look at the new answer, then take it."))
            return None
        example["expect"] = dict(result.computed or {})
    kept = list(draft.worked_examples)
    if place:
        kept[place - 1] = example
    else:
        kept.append(example)
    return _write(request, form, draft, place, kept, example, _("The example is saved in the draft."))


def _remove(request: UserRequest, form: ExampleForm, draft: Rule, place: int) -> HttpResponse | None:
    if not place:
        return None
    kept = [each for number, each in enumerate(draft.worked_examples, start=1) if number != place]
    return _write(request, form, draft, place, kept, None, _("The example is removed from the draft."))


def _write(
    request: UserRequest,
    form: ExampleForm,
    draft: Rule,
    place: int,
    kept: list[Any],
    example: Example | None,
    done: str,
) -> HttpResponse | None:
    seen = request.POST.get("seen", "")
    try:
        change_draft(rule=draft, by=request.user, now=timezone.now(), seen=seen or "-", worked_examples=kept)
    except DraftChangedMeanwhile as moved:
        return _conflict(request, form, place, moved, example)
    except Refusal as refusal:
        form.full_clean()
        refuse(form, refusal)
        return None
    messages.success(request, done)
    return redirect(f"{draft_url(draft)}#examples")


def _conflict(
    request: UserRequest, form: ExampleForm, place: int, moved: DraftChangedMeanwhile, example: Example | None
) -> HttpResponse:
    """Show what stands in the draft now beside what was typed; sent again, the form writes over what is shown."""
    draft = load_draft(form.rule.pk)
    stored = moved.now_says["worked_examples"]
    place = place if place <= len(stored) else 0
    theirs = stored[place - 1] if place else None
    differences = [Difference(label=_("This example"), theirs=_as_text(theirs), mine=_as_text(example))]
    differences.append(Difference(label=_("What the draft says"), theirs=wording.what_it_says(draft), mine=""))
    typed = request.POST.copy()
    typed["seen"] = digest_of(moved.now_says)
    others = [it.get("id") for n, it in enumerate(stored, 1) if n != place and isinstance(it, dict)]
    again = type(form)(typed, rule=draft, others=others, initial=form.initial)
    result = check(again.example()) if again.is_valid() else None
    return _page(request, draft, place, again, result, differences=differences, status=409)


def _page(
    request: UserRequest,
    draft: Rule,
    place: int,
    form: ExampleForm,
    result: Result | None,
    *,
    differences: list[Difference] | None = None,
    status: int = 200,
) -> HttpResponse:
    expect = (
        form.example().get("expect")
        if form.is_bound and form.is_valid()
        else (_stored(draft, place) or {}).get("expect")
    )
    context = {
        "draft": draft,
        "name": wording.place_name(draft.jurisdiction),
        "says": wording.what_it_says(draft),
        "place": place,
        "form": form,
        "is_text": form.shape == "text",
        "result": result,
        "answers": _answers(result.computed or {}, expect if isinstance(expect, Mapping) else {}) if result else [],
        "looked": digest_of(result.computed) if result and result.computed is not None else "",
        "edits": Permission.RULES_EDIT in permissions_in(request),
        "differences": differences,
    }
    return render(request, "policy_desk/rule_example.html", context, status=status)


def _answers(computed: Mapping[str, Any], expect: Mapping[str, Any]) -> list[Answer]:
    names = dict.fromkeys([*computed, *expect])
    return [
        Answer(
            label=str(LABELS.get(name, name)),
            computed=in_words(computed[name]) if name in computed else _("not computed"),
            expected=in_words(expect[name]) if name in expect else "",
            is_expected=name in expect,
            agrees=name in computed and name in expect and computed[name] == expect[name],
        )
        for name in names
    ]


def draft_url(draft: Rule) -> str:
    return reverse("rule_draft", args=[draft.pk])


def _stored(draft: Rule, place: int) -> Any:
    """Return the example at a place of the list; None for a new one. There are no others, and none of what is published."""
    if draft.is_published or place > len(draft.worked_examples):
        raise Http404
    return draft.worked_examples[place - 1] if place else None


def _new_name(draft: Rule) -> str:
    return f"{draft.jurisdiction_id}-{draft.duty}-{len(draft.worked_examples) + 1}".upper()


def _as_text(example: object) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False)
