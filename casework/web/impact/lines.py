"""Deadlines that move, as rows: whose, from when to when, and why by the rules before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.because import lines as sentences
from casework.residency.because import place_name, says
from casework.residency.models import Deadline, ImpactLine, Rule
from casework.residency.rulebook import rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rule that drives, in words, with its page if it is published; and how the date follows."""

    rule: str
    rule_url: str
    because: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One line with its person. `why_url`: the explanation of the deadline as it is stored, "" if there is none."""

    line: ImpactLine
    person: str
    reference: str
    case_code: str
    team: str
    duty: str
    country: str
    what: str
    days: str
    before: Side
    after: Side
    why_url: str


def with_people(lines: Any) -> Any:
    """Return the queryset with what a row shows."""
    return lines.select_related("client__data_key", "client__case__team").defer("client__search_form")


def rows_of(lines: Sequence[ImpactLine]) -> list[LineRow]:
    """Return the lines of one page in words, in a constant number of queries."""
    numbers = {number for line in lines for number in (*line.before_rules[:1], *line.after_rules[:1])}
    published = set(Rule.objects.published().filter(pk__in=numbers).values_list("pk", flat=True))
    rules = {int(rule.id): rule for rule in rules_of(Rule.objects.filter(pk__in=numbers))}
    stored = {
        (row.client_id, row.duty, row.subject_kind, row.subject_id, row.occurrence): row.pk
        for row in Deadline.objects.filter(client__in={line.client_id for line in lines}).only(
            "client_id", "duty", "subject_kind", "subject_id", "occurrence"
        )
    }

    def side(numbers: Sequence[int], because: Sequence[Mapping[str, Any]]) -> Side:
        rule = rules.get(numbers[0]) if numbers else None
        url = reverse("rule", args=[rule.jurisdiction, int(rule.id)]) if rule and int(rule.id) in published else ""
        return Side(rule=says(rule) if rule else "", rule_url=url, because=[it.sentence for it in sentences(because)])

    return [
        LineRow(
            line=line,
            person=str(line.client.full_name),
            reference=line.client.reference,
            case_code=line.client.case.code,
            team=line.client.case.team.name,
            duty=str(line.get_duty_display()),
            country=place_name(line.country) if line.country else "",
            what=what_in_words(line),
            days=days_in_words(line.days),
            before=side(line.before_rules, line.before_because),
            after=side(line.after_rules, line.after_because),
            why_url=_why_url(
                stored.get((line.client_id, line.duty, line.subject_kind, line.subject_id, line.occurrence))
            ),
        )
        for line in lines
    ]


def what_in_words(line: ImpactLine) -> str:
    """Return what happens to the deadline, and whether it is overdue by that."""
    asked = line.what == ImpactLine.What.ASKED
    words = [_("must be looked at again") if asked else str(line.get_what_display())]
    if line.before_state and line.after_state and line.before_state != line.after_state:
        words.append(
            _("%(before)s → %(after)s")
            % {"before": line.get_before_state_display(), "after": line.get_after_state_display()}
        )
    if line.before_review and line.after_review and line.before_review != line.after_review:
        words.append(
            _("%(before)s → %(after)s")
            % {"before": line.get_before_review_display(), "after": line.get_after_review_display()}
        )
    if line.becomes_overdue:
        words.append(_("becomes overdue"))
    if line.stops_overdue:
        words.append(_("is overdue no more"))
    return "; ".join(words)


def days_in_words(days: int | None) -> str:
    """Return "30 days fewer", "" where nothing can be said."""
    if not days:
        return ""
    if days < 0:
        return ngettext("%(days)s day fewer", "%(days)s days fewer", -days) % {"days": -days}
    return ngettext("%(days)s day more", "%(days)s days more", days) % {"days": days}


def _why_url(deadline_id: Any) -> str:
    return reverse("why_this_date", args=[deadline_id]) if deadline_id else ""
