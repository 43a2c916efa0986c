"""What waits on the policy desk: drafts by whose turn it is, rules to look at again, what becomes law or ends soon."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import DateField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from casework.accounts.models import Job, User
from casework.residency import wording
from casework.residency.impact_books import is_of_an_earlier_state
from casework.residency.models import Impact, Jurisdiction, Review, Rule
from casework.residency.publishing import bounds, last_day
from casework.residency.reviewing import has_moved_on
from casework.residency.rulebook import rules_version
from casework.residency.rules.kinds import DUTY_LABELS, Duty, ReviewStatus
from casework.residency.rules.proof import run
from casework.residency.verifying import STALE_AFTER_DAYS, with_verified_on
from casework.web.impact.figures import Concerned, concerned_by
from casework.web.rules.history import name_of

AHEAD_DAYS = 60
MOST = 50  # drafts of one list; more than that is no desk any more, and the admin lists them all
NEVER = date(1900, 1, 1)

PROVISIONAL, NEEDS_REVIEW, STALE = "provisional", "needs_review", "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft on the desk: what it says, and whose turn it is.

    failing: how many of its worked examples come out otherwise than they expect; impact: the latest computation of whom it
    would concern, if somebody has asked for one; concerned: what came of it, for this reader; is_earlier: the draft or other
    rules say something else by now.
    """

    row: Rule
    place: str
    duty: str
    says: str
    audience: str
    since: datetime | None = None
    who: str = ""
    comment: str = ""
    is_waiting: bool = False
    has_moved_on: bool = False
    failing: int = 0
    impact: Impact | None = None
    concerned: Concerned | None = None
    is_earlier: bool = False

    @property
    def may_be_worked_out(self) -> bool:
        """Nobody has asked for it, it came to no end, or it is of an earlier state."""
        if self.impact is None or self.is_earlier:
            return True
        return self.concerned is None and self.impact.job.state not in (Job.State.WAITING, Job.State.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A rule that is held, and how many of its worked examples come out otherwise than they expect."""

    row: Rule
    place: str
    duty: str
    says: str
    failing: int


@dataclass(slots=True, kw_only=True)
class PlaceToCheck:
    """A country or zone with the figures of what is to be looked at again."""

    place: Jurisdiction
    name: str
    rules: int = 0
    provisional: int = 0
    needs_review: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A day on which a rule becomes law, or its last one."""

    on: date
    what: str
    row: Rule
    place: str
    says: str
    audience: str


def waiting_for(user: User) -> list[DraftRow]:
    """Return the drafts that wait for this person's review, the longest waiting first."""
    reviews = Review.objects.waiting_for(user).select_related("draft__jurisdiction", "asked_by__data_key")
    return [
        _draft_row(
            review.draft,
            since=review.asked_at,
            who=name_of(review.asked_by),
            is_waiting=True,
            has_moved_on=has_moved_on(review, review.draft),
        )
        for review in reviews.prefetch_related("draft__citations").order_by("asked_at", "pk")[:MOST]
    ]


def drafts_of(user: User) -> tuple[list[DraftRow], list[DraftRow]]:
    """Return the drafts in which this person wrote: those sent back to them, and the others."""
    rows = _with_latest_review(Rule.objects.drafts().filter(authors__contains=[user.pk]))
    shown = [_of_latest(row) for row in rows]
    return [it for it in shown if it.comment], [it for it in shown if not it.comment]


def drafts_of_others(user: User, *, but: Iterable[DraftRow]) -> list[DraftRow]:
    """Return the drafts in which this person wrote nothing, without those that wait for them."""
    rows = Rule.objects.drafts().exclude(authors__contains=[user.pk]).exclude(pk__in=[it.row.pk for it in but])
    return [_of_latest(row) for row in _with_latest_review(rows)]


def with_impacts(*lists: list[DraftRow], user: User, now: datetime, sees_cases: bool) -> list[list[DraftRow]]:
    """Return the same lists, each draft with the latest computation of whom it would concern, the queries for all at once."""
    ids = [it.row.pk for rows in lists for it in rows]
    latest = Impact.objects.filter(rule__in=ids, kind=Impact.Kind.DRAFT).order_by("rule", "-at", "-pk").distinct("rule")
    found = {it.rule_id: it for it in latest.select_related("job")} if ids else {}
    done = [it for it in found.values() if it.job.state == "done"]
    concerned = concerned_by(done, user, now, sees_cases=sees_cases) if done else {}
    version = rules_version() if done else 0
    return [[_with_impact(it, found.get(it.row.pk), concerned, version) for it in rows] for rows in lists]


def _with_impact(row: DraftRow, impact: Impact | None, concerned: Mapping[Any, Concerned], version: int) -> DraftRow:
    if impact is None or impact.pk not in concerned:
        return replace(row, impact=impact)
    is_earlier = is_of_an_earlier_state(impact, row.row, version)
    return replace(row, impact=impact, concerned=concerned[impact.pk], is_earlier=is_earlier)


def held_rules() -> list[Any]:
    """Return the rules held now, with the day on which somebody last found them true. One query for all that is asked of them."""
    return list(with_verified_on(Rule.objects.held_now()).select_related("jurisdiction").order_by("key", "pk"))


def failing_rules(held: Iterable[Rule]) -> list[Failing]:
    """Return those whose worked examples do not come out: the engine has changed since they were published."""
    failing = ((row, _failing_once(row.pk, json.dumps(row.worked_examples))) for row in held if row.worked_examples)
    return [
        Failing(
            row=row,
            place=wording.place_name(row.jurisdiction),
            duty=_(DUTY_LABELS[Duty(row.duty)]),
            says=wording.what_it_says(row),
            failing=count,
        )
        for row, count in failing
        if count
    ]


@lru_cache(maxsize=4096)
def _failing_once(_pk: int, examples: str) -> int:
    """Return how many do not pass. What is published does not change, and neither does the engine while a process lives."""
    return sum(not result.passes for result in run(json.loads(examples)))


def places_to_check(held: Iterable[Any], today: date) -> list[PlaceToCheck]:
    """Return figures by country or zone, by name; only where something is to be looked at."""
    places: dict[str, PlaceToCheck] = {}
    since = today - timedelta(days=STALE_AFTER_DAYS)
    for row in held:
        place = row.jurisdiction
        found = places.setdefault(place.code, PlaceToCheck(place=place, name=wording.place_name(place)))
        found.rules += 1
        found.provisional += row.review_status == ReviewStatus.PROVISIONAL
        found.needs_review += row.review_status == ReviewStatus.NEEDS_REVIEW
        found.stale += row.verified_on is None or row.verified_on < since
    to_check = [it for it in places.values() if it.provisional or it.needs_review or it.stale]
    return sorted(to_check, key=lambda it: (it.place.kind, it.name.casefold()))


def to_check(why: str, place: str, duty: str, today: date) -> QuerySet[Any]:
    """Return the held rules to look at again, annotated with `checked_on`, which is never null."""
    rows: QuerySet[Any] = with_verified_on(Rule.objects.held_now())
    rows = rows.annotate(checked_on=Coalesce("verified_on", Value(NEVER), output_field=DateField()))
    if why in (PROVISIONAL, NEEDS_REVIEW):
        rows = rows.filter(review_status=why)
    elif why == STALE:
        rows = rows.filter(checked_on__lt=today - timedelta(days=STALE_AFTER_DAYS))
    if place:
        rows = rows.filter(jurisdiction=place)
    if duty:
        rows = rows.filter(duty=duty)
    return rows.select_related("jurisdiction").prefetch_related("citations")


def upcoming(held: Iterable[Rule], today: date) -> list[Upcoming]:
    """Return what becomes law or has its last day from today on, within `AHEAD_DAYS` days, by day."""
    until = today + timedelta(days=AHEAD_DAYS)
    found = []
    for row in held:
        begins, ends = bounds(row.valid)[0], last_day(row.valid)
        if begins and today < begins <= until:
            found.append(_upcoming(row, begins, _("becomes law")))
        if ends and today <= ends <= until:
            found.append(_upcoming(row, ends, _("last day")))
    return sorted(found, key=lambda it: (it.on, it.place, it.row.pk))


def duty_choices() -> list[tuple[str, str]]:
    return [(duty.value, _(label)) for duty, label in DUTY_LABELS.items()]


def _with_latest_review(rows: QuerySet[Rule]) -> list[Any]:
    latest = Review.objects.filter(draft=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found: list[Any] = list(
        rows.select_related("jurisdiction")
        .prefetch_related("citations")
        .annotate(latest_review=Subquery(latest))
        .order_by("-pk")[:MOST]
    )
    people = Review.objects.select_related("asked_by__data_key", "decided_by__data_key")
    reviews = people.in_bulk([row.latest_review for row in found if row.latest_review])
    for row in found:
        row.latest = reviews.get(row.latest_review)
    return found


def _of_latest(row: Any) -> DraftRow:
    review: Review | None = row.latest
    if review is None:
        return _draft_row(row)
    if review.is_open:
        moved = has_moved_on(review, row)
        return _draft_row(row, since=review.asked_at, who=name_of(review.asked_by), is_waiting=True, has_moved_on=moved)
    if review.verdict == Review.Verdict.RETURNED:
        return _draft_row(row, since=review.decided_at, who=name_of(review.decided_by), comment=review.comment)
    return _draft_row(row)


def _draft_row(row: Rule, **more: Any) -> DraftRow:
    return DraftRow(
        row=row,
        place=wording.place_name(row.jurisdiction),
        duty=_(DUTY_LABELS[Duty(row.duty)]),
        says=wording.what_it_says(row),
        audience=wording.audience(row),
        failing=sum(not result.passes for result in run(row.worked_examples)),
        **more,
    )


def _upcoming(row: Rule, on: date, what: str) -> Upcoming:
    return Upcoming(
        on=on,
        what=what,
        row=row,
        place=wording.place_name(row.jurisdiction),
        says=wording.what_it_says(row),
        audience=wording.audience(row),
    )
