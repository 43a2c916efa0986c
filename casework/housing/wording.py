"""What codes, days and beds say to a reader. Names nobody."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from casework.lib.day_words import in_words, instant_in_words

from .fit import Objection, Point, Refusal, Remark
from .ranking import Because, Reason, quarter

POINTS: dict[str, Promise] = {
    Refusal.TOO_MANY: gettext_lazy("There are more of them than may live there."),
    Refusal.TOO_FEW_BEDS: gettext_lazy("Too few beds are free there."),
    Refusal.TOO_OLD_FOR_A_COT: gettext_lazy("A cot is for a child under two."),
    Objection.NOT_A_WOMAN: gettext_lazy("This is a women's room."),
    Objection.NOT_A_MAN: gettext_lazy("This is a men's room."),
    Objection.SEX_NOT_RECORDED: gettext_lazy("The room is for women or for men, and the sex is not recorded."),
    Objection.ALONE_IN_A_FAMILY_ROOM: gettext_lazy("This is a family room, and one person would have it."),
    Objection.WITH_ANOTHER_FAMILY: gettext_lazy("This is a family room, and people of another case live there."),
    Objection.AGE_NOT_RECORDED: gettext_lazy("A cot is for a child under two, and the age is not recorded."),
    Objection.STEPS: gettext_lazy("There are steps on the way in."),
    Remark.STEP_FREE: gettext_lazy("no steps on the way in"),
    Remark.OWN_ROOM: gettext_lazy("nobody else lives there"),
    Remark.WITH_COT: gettext_lazy("a cot can be put up"),
    Remark.NO_COT: gettext_lazy("no cot"),
    Remark.PETS_WELCOME: gettext_lazy("pets are welcome"),
    Remark.NO_PETS: gettext_lazy("no pets"),
    Remark.CAN_REGISTER: gettext_lazy("the owner agrees to registration"),
    Remark.CANNOT_REGISTER: gettext_lazy("the owner does not agree to registration"),
    Remark.REGISTRATION_UNKNOWN: gettext_lazy("not known whether the owner agrees to registration"),
    Remark.CROWDED: gettext_lazy("crowded: less than 4.5 m2 a person"),
    Remark.VERY_CROWDED: gettext_lazy("very crowded: less than 3.5 m2 a person"),
    Remark.EXACTLY_FULL: gettext_lazy("as many beds as people"),
    Remark.BEDS_LEFT_OVER: gettext_lazy("a bed is left over"),
}

QUARTERS: dict[int, Promise] = {
    3: gettext_lazy("highest quarter of the score (%(number)s of 100)"),
    2: gettext_lazy("second highest quarter of the score (%(number)s of 100)"),
    1: gettext_lazy("second lowest quarter of the score (%(number)s of 100)"),
    0: gettext_lazy("lowest quarter of the score (%(number)s of 100)"),
}


def point_sentence(point: Point, reference: str = "") -> str:
    """Return what a point says, led by the reference of the person whom it is about."""
    said = str(POINTS[point.code])
    return f"{reference}: {said}" if reference else said


def reason_for_rank(because: Because) -> str:
    """Return one of the reasons that stand beside a rank, such as "must leave in 3 days"."""
    number = because.number
    said: dict[Reason, Any] = {
        Reason.MUST_HAVE_LEFT: ngettext("had to leave %(number)s day ago", "had to leave %(number)s days ago", number),
        Reason.LEAVES_TODAY: _("must leave today"),
        Reason.LEAVES_WITHIN: ngettext("must leave in %(number)s day", "must leave in %(number)s days", number),
        Reason.LEAVES_LATER: ngettext("must leave in %(number)s day", "must leave in %(number)s days", number),
        Reason.NEED_NOT_LEAVE: _("need not leave where they are, as far as we know"),
        Reason.SCORED: QUARTERS[quarter(number)],
        Reason.NOT_SCORED: _("not scored yet, which counts as the second highest quarter"),
        Reason.WAITS: ngettext("waits for %(number)s day", "waits for %(number)s days", number),
        Reason.FITS: ngettext(
            "%(number)s room that is free fits them", "%(number)s rooms that are free fit them", number
        ),
        Reason.NOTHING_FITS: _("no room that is free fits them"),
    }
    return str(said[because.code]) % {"number": number}


def span(since: date, until: date | None) -> str:
    """Return the days as people say them; `until` is the day of leaving."""
    language = get_language() or "en"
    if until is None:
        return _("from %(since)s on") % {"since": in_words(since, language)}
    return _("from %(since)s to %(until)s") % {
        "since": in_words(since, language),
        "until": in_words(until, language),
    }


def day(it: date) -> str:
    return in_words(it, get_language() or "en")


def moment(instant: datetime, zone: str) -> str:
    """Return a time as clocks in a zone show it."""
    return instant_in_words(instant.astimezone(ZoneInfo(zone)), get_language() or "en")
