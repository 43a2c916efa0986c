"""How the people of a case are shown: names, ages, nationalities."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.clients.models import Case, Client
from casework.lib.ages import age_on
from casework.lib.countries import country_name
from casework.lib.dates import today_in
from casework.web.components import SummaryRow

ADULT_AGE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person of a case."""

    client: Client
    short_name: str
    age: str
    is_child: bool
    nationalities: str


def place_in_family(client: Client) -> tuple[Any, ...]:
    """Return what sorts the people of a case: the order of relations, then the birth, then when they were added."""
    relations = list(Client.Relation)
    born = client.born_earliest or date.max
    return relations.index(Client.Relation(client.relation)), born, client.created_at, client.pk


def person_row(client: Client, today: date) -> PersonRow:
    """Return a person as a list shows them on `today`."""
    ages = age_on(client.birth, today)
    return PersonRow(
        client=client,
        short_name=client.given_name or client.full_name,
        age=_in_words(ages) if ages else "",
        is_child=ages is not None and ages[0] < ADULT_AGE,
        nationalities=nationalities_in_words(client.nationalities),
    )


def nationalities_in_words(codes: list[str]) -> str:
    """Return the names of nationalities in the reader's language, in the order in which they were given."""
    language = get_language() or "en"
    return ", ".join(
        _(country_name(code, language)) if len(code) == 3 else country_name(code, language) for code in codes
    )


def today_of_case(case: Case, principal: Any, now: datetime) -> date:
    """Return which day it is where the principal applicant is, as far as that was computed; else for the team."""
    position = getattr(principal, "computed_position", None)
    zone = position.time_zone if position is not None else ""
    return today_in(zone or case.team.time_zone, now)


def _in_words(ages: tuple[int, int]) -> str:
    least, most = ages
    return str(least) if least == most else f"{least}–{most}"


def details_of(client: Client, today: date, *, may_change: bool) -> list[SummaryRow]:
    """Return what is known about a person, row by row, each with its way to change it."""
    row = person_row(client, today)
    url = reverse("change_client", args=[client.reference]) if may_change else ""
    languages = dict(settings.CLIENT_LANGUAGES)
    facts: list[tuple[str, Any]] = [
        (_("Family name"), client.family_name),
        (_("Given name"), client.given_name),
        (_("Patronymic"), client.patronymic),
        (_("Other spellings and earlier names"), client.other_names),
        (_("Relation"), client.get_relation_display()),
        (_("Date of birth"), client.birth),
        (_("Age"), row.age),
        (_("Sex"), client.get_sex_display()),
        (_("Nationality"), row.nationalities),
        (_("Language in which to write to them"), languages.get(client.language, "")),
    ]
    return [SummaryRow(label=label, value=value, change_url=url) for label, value in facts]
