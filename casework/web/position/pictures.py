"""The limits of a stay as pictures, each with the same in words beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.because import line, place_name, warning_sentence
from casework.residency.computing import steps_as_json
from casework.residency.rules.days import Span, size
from casework.residency.rules.glance import FALLS_OUT_WITHIN, LimitGlance, StayGlance
from casework.residency.rules.kinds import Kind
from casework.web.components import SummaryRow
from casework.web.templatetags.days import day

from .drawing import Calendar, Strip, bar_of, calendar_of, strip_of

BY_MONTHS = frozenset({Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW, Kind.CALENDAR_YEAR})
# A picture of more months would be longer than a page; its strip and its words remain.
DAYS_AT_MOST = 750


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPicture:
    """One limit: `words` and `last` in a line, `rows` at length. `key` is unique on the page.

    calendar: for windows and years. bar: for limits of one visit. strip: for lists, where there is little room.
    """

    key: str
    rule: str
    rule_url: str
    words: str
    last: str
    described: str
    is_broken: bool
    binds: bool
    rows: Sequence[SummaryRow]
    strip: Strip
    calendar: Calendar | None = None
    bar: Strip | None = None

    @property
    def states(self) -> set[str]:
        drawn = self.calendar or self.bar
        return drawn.states if drawn else set()


@dataclass(frozen=True, slots=True, kw_only=True)
class StayPicture:
    """One stay under all its limits. `lead` says what matters most."""

    key: str
    title: str
    lead: str
    is_broken: bool
    rows: Sequence[SummaryRow]
    limits: Sequence[LimitPicture]
    warnings: Sequence[str]
    nothing: str


def strips_of(found: Iterable[StayGlance]) -> list[LimitPicture]:
    """Return the limits as lines with a strip, for lists."""
    return [
        _limit(it, key=f"{number}-{index}", is_long=False)
        for number, glance in enumerate(found)
        for index, it in enumerate(glance.limits)
    ]


def pictures_of(found: Iterable[StayGlance]) -> list[StayPicture]:
    return [_stay(glance, number) for number, glance in enumerate(found)]


def _stay(it: StayGlance, number: int) -> StayPicture:
    return StayPicture(
        key=f"stay-{number}",
        title=_title(it),
        lead=_lead(it),
        is_broken=it.overstayed_since is not None,
        rows=_rows_of_stay(it),
        limits=[_limit(each, key=f"{number}-{index}") for index, each in enumerate(it.limits)],
        warnings=[
            warning_sentence({"code": each.code, "values": each.values, "country": each.country})
            for each in it.warnings
        ],
        nothing="" if it.limits else _nothing(it),
    )


def _title(it: StayGlance) -> str:
    place = {"place": place_name(it.country), "day": day(it.asof)}
    if it.is_supposed:
        return _("%(place)s, if they enter on %(day)s") % place
    if it.is_planned:
        return _("%(place)s, planned from %(day)s") % place
    if it.is_unconfirmed and it.entered is not None:
        return _("%(place)s, planned from %(day)s, not confirmed") % {**place, "day": day(it.entered)}
    return _("%(place)s, where they are") % place


def _lead(it: StayGlance) -> str:
    if not it.limits:
        return ""
    if it.overstayed_since is not None:
        since = {"day": day(it.overstayed_since)}
        if not it.overstay_is_sure:
            return _("By the worse reading of what is not known, more days than allowed since %(day)s.") % since
        return _("More days than allowed since %(day)s.") % since
    if it.is_unlimited:
        return _("None of these limits ends the stay within ten years.")
    if it.is_supposed:
        if not it.max_stay:
            return _entry_in_words(it)
        return ngettext(
            "They may stay %(days)s day, to %(last)s.", "They may stay %(days)s days, to %(last)s.", it.max_stay
        ) % {"days": it.max_stay, "last": day(it.last)}
    if it.last is None:
        return _("No day of this stay is lawful under these limits.")
    return _("Last lawful day: %(day)s.") % {"day": day(it.last)}


def _entry_in_words(it: StayGlance) -> str:
    if it.earliest_entry is None:
        return _("They may not enter on that day, and no later day is known on which they may.")
    return _("They may not enter before %(day)s.") % {"day": day(it.earliest_entry)}


def _nothing(it: StayGlance) -> str:
    if it.entered is None:
        return _("The day of entry is not known, so nothing can be drawn. Record when they entered, even roughly.")
    if it.last is not None:
        return _("The stay does not rest on days without a visa. Its last lawful day is %(day)s.") % {
            "day": day(it.last)
        }
    if it.is_unlimited:
        return _("No limit of days speaks to this stay.")
    return _("There is no limit of days to draw. See below why.")


def _rows_of_stay(it: StayGlance) -> list[SummaryRow]:
    """Return the figures of the stay under all limits; days left and days that one may stay are two numbers."""
    if not it.limits:
        return []
    rows = [] if it.entered is None else [SummaryRow(label=_entered(it), value=it.entered)]
    if it.overstayed_since is not None:
        rows.append(SummaryRow(label=_("Overstay since"), value=it.overstayed_since))
    rows.append(SummaryRow(label=_("Last lawful day"), value=_("not limited") if it.is_unlimited else it.last))
    counting = [each for each in it.limits if each.days_left is not None]
    if counting:
        least = min(counting, key=lambda each: each.days_left or 0)
        label = _("Days remaining (allowed less used)")
        rows.append(SummaryRow(label=label, value=_days(least.days_left or 0)))
    label = (
        _("Maximum stay if entering on %(day)s")
        if it.is_supposed or it.is_planned
        else _("Longest stay from %(day)s on, without leaving")
    )
    longest = _("not limited") if it.is_unlimited else _days(it.max_stay or 0)
    rows.append(SummaryRow(label=label % {"day": day(it.asof)}, value=longest))
    if it.is_supposed:
        rows.append(SummaryRow(label=_("Earliest re-entry"), value=it.earliest_entry or _("no day is known")))
    return rows


def _entered(it: StayGlance) -> str:
    if it.is_planned or it.is_unconfirmed:
        return _("Planned entry")
    return _("Entered") if it.is_entry_exact else _("Entered, at the earliest")


def _limit(it: LimitGlance, *, key: str, is_long: bool = True) -> LimitPicture:
    by_months = it.kind in BY_MONTHS and it.last - it.first < DAYS_AT_MOST
    return LimitPicture(
        key=key,
        rule=line(steps_as_json(it.limit.because[:1])[0]).sentence if it.limit.because else "",
        rule_url=_rule_url(it),
        words=_words(it),
        last=_last(it),
        described=_described(it),
        is_broken=it.limit.overstay,
        binds=it.binds,
        rows=_rows(it) if is_long else (),
        strip=strip_of(it),
        calendar=calendar_of(it) if is_long and by_months else None,
        bar=bar_of(it) if is_long and not by_months else None,
    )


def _rule_url(it: LimitGlance) -> str:
    return reverse("rule", args=[it.place, int(it.limit.rule_id)]) if it.limit.rule_id.isdigit() else ""


def _words(it: LimitGlance) -> str:
    used, allowed = it.limit.days_used or 0, it.limit.days_allowed
    if allowed is None:
        return ngettext("%(used)s day of this stay", "%(used)s days of this stay", used) % {"used": used}
    return ngettext("%(used)s of %(allowed)s day used", "%(used)s of %(allowed)s days used", allowed) % {
        "used": used,
        "allowed": allowed,
    }


def _last(it: LimitGlance) -> str:
    last, first_over = it.limit.last_lawful_day, it.limit.first_overstay_day
    if first_over is not None and not it.limit.overstay_is_sure:
        return _("exceeded since %(day)s by the worse reading") % {"day": day(first_over)}
    if first_over is not None:
        return _("exceeded since %(day)s") % {"day": day(first_over)}
    return _("last lawful day %(day)s") % {"day": day(last)} if last else _("does not end the stay by itself")


def _described(it: LimitGlance) -> str:
    """Return the picture in a sentence, for whoever hears the page."""
    shown = _("%(first)s to %(last)s.") % {"first": day(date.fromordinal(it.first)), "last": _day(it.last)}
    counted = _("Counted: %(days)s.") % {"days": in_words(it.counted)} if it.counted else _("No day counts.")
    return f"{_words(it)}, {_last(it)}. {shown} {counted}"


def _rows(it: LimitGlance) -> list[SummaryRow]:
    """Return everything that the picture shows, in words."""
    asof = {"day": _day(it.asof)}
    rows = [
        SummaryRow(
            label=_("Shown"), value=_("%(first)s to %(last)s") % {"first": _day(it.first), "last": _day(it.last)}
        ),
        SummaryRow(label=_("Used on %(day)s") % asof, value=_words(it)),
        SummaryRow(label=_("Days that count"), value=in_words(it.counted) or _("none")),
    ]
    for label, spans in (
        (_("Of these uncertain: an entry or exit is not known exactly"), it.uncertain),
        (_("There, but not counted (permit, visa, or the rule leaves the day out)"), it.not_counted),
        (_("Planned, not yet counted"), it.ahead),
        (_("Days that break this limit"), it.broken),
    ):
        if spans:
            rows.append(SummaryRow(label=label, value=_with_number(spans)))
    if it.falling_out:
        until = _day(it.asof + FALLS_OUT_WITHIN)
        label = _("Leave the window by %(day)s, and count no more") % {"day": until}
        rows.append(SummaryRow(label=label, value=_with_number(it.falling_out)))
    if it.limit.first_overstay_day:
        rows.append(SummaryRow(label=_("Exceeded since"), value=it.limit.first_overstay_day))
    last = it.limit.last_lawful_day or (
        _("not ended by this limit") if it.limit.unlimited else _("none from this day on")
    )
    rows.append(SummaryRow(label=_("Last lawful day under this limit alone"), value=last))
    if it.limit.alternative_on:
        rows.append(SummaryRow(label=_("By another reading of the facts"), value=it.limit.alternative_on))
    return rows


def in_words(spans: Sequence[Span]) -> str:
    """Return spans of days as text: "1 Jun 2026 – 20 Jun 2026, 1 Nov 2026"."""
    return ", ".join(_day(first) if first == last else f"{_day(first)} – {_day(last)}" for first, last in spans)


def _with_number(spans: Sequence[Span]) -> str:
    return f"{_days(size(spans))}: {in_words(spans)}"


def _days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def _day(ordinal: int) -> str:
    return day(date.fromordinal(ordinal))
