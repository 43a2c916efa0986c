"""What needs an editor or a reviewer now, and the rules to look at again."""

from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.residency import wording
from casework.residency.models import Jurisdiction, Rule
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.home.homes import other_homes
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from .. import lists
from ..forms import ToCheckForm

PAGE = 25


@requires(Permission.RULES_DESK)
@require_safe
def policy_desk(request: UserRequest) -> HttpResponse:
    """Drafts by whose turn it is, then what is to be looked at again, then what the calendar brings."""
    user, held, now = request.user, permissions_in(request), timezone.now()
    to_review = lists.waiting_for(user) if Permission.RULES_REVIEW in held else []
    back, own = lists.drafts_of(user)
    theirs = lists.drafts_of_others(user, but=to_review)
    waiting, sent_back, mine, others = lists.with_impacts(
        to_review, back, own, theirs, user=user, now=now, sees_cases=Permission.CASE_VIEW in held
    )
    today = _today(request)
    held_rules = lists.held_rules()
    places, upcoming = lists.places_to_check(held_rules, today), lists.upcoming(held_rules, today)
    failing = lists.failing_rules(held_rules)
    context = {
        "tabs": [*tabs("policy_desk", len(waiting) + len(sent_back)), *other_homes(request, "policy_desk")],
        "parts": _parts(waiting, sent_back, mine, others, places, upcoming, failing),
        "reviews": Permission.RULES_REVIEW in held,
        "edits": Permission.RULES_EDIT in held,
        "waiting": waiting,
        "sent_back": sent_back,
        "mine": mine,
        "others": others,
        "places": places,
        "upcoming": upcoming,
        "failing": failing,
        "today": today,
    }
    return render(request, "policy_desk/policy_desk.html", context)


@requires(Permission.RULES_DESK)
@require_safe
def rules_to_check(request: UserRequest) -> HttpResponse:
    """The rules held now, those first that nobody has verified for longest; each can be verified in one step."""
    form = ToCheckForm(request.GET, places=_places(Rule.objects.held_now()), duties=lists.duty_choices())
    form.full_clean()
    chosen = {name: form.cleaned_data.get(name, "") for name in form.fields}
    rows = lists.to_check(**chosen, today=_today(request))
    page = keyset_page(rows, ("checked_on", "id"), request.GET, request.path, size=PAGE)
    context = {
        "tabs": tabs("rules_to_check"),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "total": rows.count(),
        "page": page,
        "rows": [_row(row) for row in page.rows],
        "here": request.get_full_path(),
        "today": _today(request),
    }
    return render(request, "policy_desk/rules_to_check.html", context)


def tabs(current: str, waiting: int | None = None) -> list[Tab]:
    labels = {"policy_desk": _("What needs me"), "rules_to_check": _("Rules to look at again")}
    return [
        Tab(
            label=label,
            url=reverse(name),
            is_current=name == current,
            count=waiting or None if name == "policy_desk" else None,
        )
        for name, label in labels.items()
    ]


def _parts(
    waiting: list[lists.DraftRow],
    sent_back: list[lists.DraftRow],
    mine: list[lists.DraftRow],
    others: list[lists.DraftRow],
    places: list[lists.PlaceToCheck],
    upcoming: list[lists.Upcoming],
    published: list[lists.Failing],
) -> list[tuple[str, str, int]]:
    """Return address, title and number of what needs somebody, empty ones left out."""
    to_check = reverse("rules_to_check")
    failing = [it for it in (*waiting, *sent_back, *mine, *others) if it.failing]
    first = f"{reverse('rule_draft', args=[failing[0].row.pk])}#examples" if failing else ""
    parts = [
        ("#failing", _("Rules in force whose examples fail"), len(published)),
        ("#waiting", _("Waiting for my review"), len(waiting)),
        ("#sent-back", _("Sent back to me"), len(sent_back)),
        (first, _("Drafts whose examples fail"), len(failing)),
        (f"{to_check}?why=stale", _("Not verified for 180 days"), sum(it.stale for it in places)),
        (f"{to_check}?why=needs_review", _("Sources disagree"), sum(it.needs_review for it in places)),
        ("#upcoming", _("Begins or ends soon"), len(upcoming)),
    ]
    return [part for part in parts if part[2]]


def _row(row: Rule) -> dict[str, object]:
    read = next((citation for citation in row.citations.all() if citation.supports), None)
    return {
        "row": row,
        "place": wording.place_name(row.jurisdiction),
        "says": wording.what_it_says(row),
        "audience": wording.audience(row),
        "days": wording.days_of(row.valid),
        "verified_on": row.verified_on,  # type: ignore[attr-defined]
        "source": read,
        "token": new_id(),
    }


def _places(held: QuerySet[Rule]) -> list[tuple[str, str]]:
    places = Jurisdiction.objects.filter(pk__in=held.values("jurisdiction"))
    return sorted(((it.code, wording.place_name(it)) for it in places), key=lambda choice: choice[1].casefold())


def _today(request: UserRequest) -> date:
    return today_in(request.user.time_zone or "UTC", timezone.now())
