"""The lines of the pages of a merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from casework.clients.models import Client, Merge
from casework.lib.countries import country_name
from casework.lifecycle.merging.looking import FIELDS, Look, value_of
from casework.lifecycle.merging.merge import BOTH, OWN, THEIRS
from casework.residency.models import Stay
from casework.web.cases.people import nationalities_in_words
from casework.web.templatetags import days
from casework.web.templatetags.components import in_words

from .forms import CHOSEN, STAYS, MergeForm

LABELS: dict[str, Promise] = {
    "family_name": gettext_lazy("Family name"),
    "given_name": gettext_lazy("Given name"),
    "patronymic": gettext_lazy("Patronymic"),
    "other_names": gettext_lazy("Other spellings and earlier names"),
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "nationalities": gettext_lazy("Nationality"),
    "language": gettext_lazy("Language in which to write to them"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the values of a line; `name` and `value` are those of its radio button, `name` empty where there is no choice."""

    text: str
    name: str = ""
    value: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    label: str
    options: Sequence[Option]
    both: Option | None = None


def choice_rows(look: Look, form: MergeForm) -> list[ChoiceRow]:
    """Return every field of both; of those that differ, one is chosen."""
    rows = []
    for name in FIELDS:
        texts = [said(it, name) for it in (look.into, look.gone)]
        if name not in form.differing:
            rows.append(ChoiceRow(label=str(LABELS[name]), options=[Option(text=text) for text in texts]))
            continue
        field = CHOSEN + name
        chosen = form[field].value()
        options = [
            Option(text=text, name=field, value=value, is_chosen=chosen == value)
            for text, value in zip(texts, (OWN, THEIRS), strict=True)
        ]
        may_unite = BOTH in dict(form.fields[field].choices)  # type: ignore[attr-defined]  # a choice field
        both = Option(text=_("both"), name=field, value=BOTH, is_chosen=chosen == BOTH) if may_unite else None
        rows.append(ChoiceRow(label=str(LABELS[name]), options=options, both=both))
    return rows


def clash_rows(look: Look, form: MergeForm) -> list[ChoiceRow]:
    """Return every pair of stays that cannot both be true of one person."""
    rows = []
    for number, clash in enumerate(look.clashes):
        field = f"{STAYS}{number}"
        chosen = form[field].value()
        options = [
            Option(text=stay_in_words(stay), name=field, value=value, is_chosen=chosen == value)
            for stay, value in ((clash.kept, OWN), (clash.other, THEIRS))
        ]
        rows.append(ChoiceRow(label=_("Which stay holds?"), options=options))
    return rows


def said(client: Client, name: str) -> str:
    """Return what a field says, in words; "" for nothing."""
    value: Any = value_of(client, name)
    match name:
        case "birth":
            return "" if client.birth.is_unknown else str(in_words(value))
        case "sex":
            return "" if value == Client.Sex.UNKNOWN else client.get_sex_display()
        case "nationalities":
            return nationalities_in_words(value)
        case "language":
            return str(dict(settings.CLIENT_LANGUAGES).get(value, value))
        case "other_names":
            return ", ".join(value.splitlines())
    return str(value)


def stay_in_words(stay: Stay) -> str:
    return _stay(stay.country, stay.entered_earliest, stay.left_latest if stay.has_left else None, left=stay.has_left)


def set_aside_in_words(before: dict[str, Any]) -> str:
    """Return a stay that a merge has taken out, as it was kept."""
    entered, left = (
        date.fromisoformat(it) if it else None for it in (before["entered_earliest"], before["left_latest"])
    )
    return _stay(before["country"], entered, left, left=before["has_left"])


def _stay(country: str, entered: date | None, until: date | None, *, left: bool) -> str:
    name = country_name(country, get_language() or "en")
    since = days.day(entered) if entered else _("day not known")
    if not left:
        return _("%(country)s, since %(since)s") % {"country": name, "since": since}
    end = days.day(until) if until else _("day not known")
    return _("%(country)s, %(since)s to %(until)s") % {"country": name, "since": since, "until": end}


def what_happens(look: Look, *, shows_codes: bool) -> list[str]:
    """Return what a merge does beside the fields, in sentences."""
    into, gone = look.into, look.gone
    if look.is_one_case:
        return [_("Both are in one case; afterwards they are there once.")]
    told = {
        "gone": gone.case.code if shows_codes else gone.case.team.name,
        "into": into.case.code if shows_codes else into.case.team.name,
    }
    lines = []
    if look.empties_case:
        lines.append(
            _(
                "Nobody is left in the other case (%(gone)s): it is closed and joined into this one (%(into)s), with its notes, to-dos and services."
            )
            % told
        )
    else:
        count = len(look.left_behind)
        lines.append(
            ngettext(
                "%(count)s person stays in the other case (%(gone)s). What is about this person alone comes along.",
                "%(count)s people stay in the other case (%(gone)s). What is about this person alone comes along.",
                count,
            )
            % (told | {"count": count})
        )
    if into.case.team_id != gone.case.team_id:
        teams = {"gone": gone.case.team.name, "into": into.case.team.name}
        lines.append(_("The team %(gone)s does not see this person any more; the team %(into)s does.") % teams)
    return lines


def merge_summary(merge: Merge) -> list[str]:
    """Return the stays that were set aside, as long as they are kept."""
    rows = merge.rows.filter(model=Stay._meta.label, act="removed").order_by("row_id")
    return [set_aside_in_words(row.before or {}) for row in rows]
