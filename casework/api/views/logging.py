"""A case logged by a program: with the same acts and the same questions as on the page."""

from datetime import date, timedelta
from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from ninja import Status
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.accounts.scopes import Scope
from casework.clients.models import Case, Client, Contact
from casework.documents.models import Document
from casework.lib.dates import Birth, BoundedDay, today_in
from casework.lifecycle.intake import Arrival, Paper, Person, Reach, log_case

from ..auth import Bearer
from ..fields import Country, Day, In, Nationality, Yes, at_most, one_of
from ..idempotency import Key, token_of
from ..problems import Problem, mistake
from .cases import CaseOut, case_out, case_seen, router

OLDEST = timedelta(days=120 * 366)
FAMILY_AT_MOST = 20
RELATIONS = [word for word in Client.Relation.values if word != Client.Relation.PRINCIPAL]


def said(sentence: str) -> PydanticCustomError:
    """Return what is wrong between several values, in a sentence of ours."""
    return PydanticCustomError("said", "{sentence}", {"sentence": sentence})


class BornIn(In):
    """The day, or the year alone, or neither where it is not known."""

    day: Day | None = None
    year: Annotated[int, Field(strict=True, ge=1900, le=2199)] | None = None

    @model_validator(mode="after")
    def agree(self) -> Self:
        if self.day is not None and self.year not in (None, self.day.year):
            raise said(_("The year is not the year of the day. Send one of them."))
        return self

    def birth(self) -> Birth:
        return Birth(self.day, self.year)


class PaperIn(In):
    """The document on which they entered. Its number is stored encrypted."""

    kind: Annotated[str, one_of(Document.Kind)] = Field(examples=["international_passport"])
    country: Country | None = Field(default=None, description="Issued by; the first nationality, where nothing is said")
    number: Annotated[str, at_most(60)] = ""
    valid_until: Day | None = None


class PersonIn(In):
    """A family name or a given name is needed, in any script."""

    family_name: Annotated[str, at_most(120)] = Field(default="", examples=["Образцова"])
    given_name: Annotated[str, at_most(120)] = Field(default="", examples=["Вымышлена"])
    patronymic: Annotated[str, at_most(120)] = ""
    other_names: Annotated[str, at_most(400)] = ""
    born: BornIn = Field(description="An empty one where the birth is not known")
    nationalities: list[Nationality] = Field(min_length=1, max_length=4)
    sex: Annotated[str, one_of(Client.Sex)] = "unknown"
    paper: PaperIn | None = None

    @model_validator(mode="after")
    def has_a_name(self) -> Self:
        if not (self.family_name or self.given_name):
            raise said(_("Enter a family name or a given name, in any script."))
        return self

    def person(self, relation: str, *, with_paper: bool) -> Person:
        return Person(
            family_name=self.family_name,
            given_name=self.given_name,
            patronymic=self.patronymic,
            other_names=self.other_names,
            birth=self.born.birth(),
            nationalities=tuple(dict.fromkeys(self.nationalities)),
            sex=self.sex,
            relation=relation,
            paper=self.its_paper() if with_paper else None,
        )

    def its_paper(self) -> Paper | None:
        if self.paper is None:
            return None
        issuer = self.paper.country or self.nationalities[0]
        return Paper(kind=self.paper.kind, country=issuer, number=self.paper.number, valid_until=self.paper.valid_until)


class RelativeIn(PersonIn):
    relation: Annotated[str, one_of(Client.Relation)] = Field(
        description="To the principal applicant; anything but principal"
    )

    @model_validator(mode="after")
    def is_no_principal(self) -> Self:
        if self.relation == Client.Relation.PRINCIPAL:
            raise said(_("Say how this person is related to the principal applicant."))
        return self


class EnteredIn(In):
    """Between which days they entered; the same twice where the day is known."""

    earliest: Day | None = None
    latest: Day | None = None

    @model_validator(mode="after")
    def is_in_order(self) -> Self:
        if self.earliest and self.latest and self.latest < self.earliest:
            raise said(_("The latest day lies before the earliest."))
        return self


class ArrivalIn(In):
    country: Country
    entered: EnteredIn | None = Field(description="null: they live there and have not entered from abroad")
    planned: Yes = Field(default=False, description="They have not arrived yet")


class ReachIn(In):
    """A safe way to reach them. Only in person needs no number or address."""

    channel: Annotated[str, one_of(Contact.Channel)] = Field(examples=["signal"])
    value: Annotated[str, at_most(160)] = ""
    instructions: Annotated[str, at_most(400)] = ""

    @model_validator(mode="after")
    def says_where(self) -> Self:
        if self.channel != Contact.Channel.IN_PERSON and not self.value:
            raise said(_("Enter the number or the address."))
        return self


class CaseIn(In):
    team: Annotated[str, at_most(12)] | None = Field(
        default=None, description="The code of the team; needed where there are several"
    )
    is_mine: Yes = Field(default=False, description="The owner of the token looks after it; else nobody yet")
    person: PersonIn
    family: list[RelativeIn] = Field(default=[], max_length=FAMILY_AT_MOST)
    arrival: ArrivalIn
    reach: ReachIn | None = None
    is_unaccompanied_child: Yes = False


@router.post(
    "/cases",
    auth=Bearer(Scope.WRITE_CASES),
    response={201: CaseOut},
    operation_id="log_case",
    summary="Log a case with a person and their family",
    description="All of it or nothing; their deadlines are computed at once. Scope: write:cases.",
    url_name="api_log_case",
)
def log(request: Any, sent: CaseIn, key: Key) -> Status[dict[str, Any]]:
    team, token = team_named(request, sent.team), token_of(request, "case", key)
    earlier = Case.objects.filter(submit_token=token, team=team).first()
    if (
        earlier is not None
    ):  # sent again, perhaps long after: what has become of it since is seen as by whoever opens it
        return Status(201, case_seen(request, earlier.code))
    today = today_in(team.time_zone, request.now)
    _refuse_births(sent, today)
    case = log_case(
        team=team,
        caseworker=request.user if sent.is_mine else None,
        principal=sent.person.person(Client.Relation.PRINCIPAL, with_paper=False),
        family=[it.person(it.relation, with_paper=True) for it in sent.family],
        arrival=_arrival(sent),
        reach=Reach(channel=sent.reach.channel, value=sent.reach.value, instructions=sent.reach.instructions)
        if sent.reach
        else None,
        is_unaccompanied_child=sent.is_unaccompanied_child,
        by=request.user,
        now=request.now,
        today=today,
        submit_token=token,
    )
    return Status(201, case_out(case))


def team_named(request: Any, code: str | None) -> Any:
    """Return the team that is named, or the only one there is."""
    teams = list(teams_with(request.user, Permission.CASE_CHANGE, request.now).order_by("name", "pk"))
    named = [team for team in teams if code is None or team.code == code]
    if len(named) != 1:
        sentence = _("Send the code of a team whose cases you change.")
        raise Problem(422, "invalid", sentence, errors=[mistake("body.team", "not_there", sentence)])
    return named[0]


def _arrival(sent: CaseIn) -> Arrival:
    it = sent.arrival
    entered = BoundedDay(it.entered.earliest, it.entered.latest) if it.entered else None
    return Arrival(country=it.country, entered=entered, planned=it.planned, paper=sent.person.its_paper())


def _refuse_births(sent: CaseIn, today: date) -> None:
    """Refuse who is not born yet, and who would be older than anybody."""
    people = [("body.person.born", sent.person), *((f"body.family.{n}.born", it) for n, it in enumerate(sent.family))]
    sentence = _("Nobody is born after today or more than 120 years ago.")
    wrong = [
        mistake(where, "birth", sentence)
        for where, person in people
        if (born := person.born.birth().bounds).earliest is not None
        and (born.earliest > today or (born.latest is not None and born.latest < today - OLDEST))
    ]
    if wrong:
        raise Problem(422, "invalid", sentence, errors=wrong)
