"""Beds: what each is on one night, and people booked into them."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from casework.accounts.roles import Permission
from casework.accounts.scopes import Scope
from casework.audit.record import record
from casework.clients.models import Client
from casework.housing.actions import UnableToPlace, book
from casework.housing.models import Bed, Placement, Site
from casework.housing.queries import board

from ..auth import Bearer
from ..fields import Day, Id, In, Reference, Yes, at_most
from ..idempotency import Key, token_of
from ..problems import Problem, mistake
from ..seeing import seen_by_token

router = Router(tags=["placements"])

FAMILY_AT_MOST = 20


class BedOut(Schema):
    """`case` and `client` are null where nobody is there, and where this token may not know who."""

    id: Id
    label: str
    kind: str = Field(examples=["single"])
    state: str = Field(description="free, held, booked, occupied, blocked or out_of_lease", examples=["free"])
    since: date | None
    until: date | None = Field(description="The first night not spent there")
    case: str | None = Field(examples=["C-K7Q-3F9"])
    client: str | None = Field(examples=["K7Q-3F9"])


class RoomOut(Schema):
    label: str
    beds: list[BedOut]


class SiteOut(Schema):
    code: str = Field(examples=["TST-1"])
    country: str = Field(examples=["KG"])
    city: str
    rooms: list[RoomOut]


class BoardOut(Schema):
    night_of: date
    sites: list[SiteOut]
    next: str | None = Field(description="Send it as `after_site` for those that follow; null at the end")


class PlaceIn(In):
    client: Reference
    bed: Id


class BookIn(In):
    people: list[PlaceIn] = Field(
        min_length=1, max_length=FAMILY_AT_MOST, description="All of them are booked, or none"
    )
    since: Day = Field(description="The first night")
    until: Day | None = Field(default=None, description="The first night not spent there; null: until they leave")
    reason: Annotated[str, at_most(1000)] = Field(
        default="", description="Why it is done all the same, where something asks for a reason"
    )
    may_move: Yes = Field(default=False, description="Who is placed elsewhere by then moves from there")


class PlacementOut(Schema):
    id: Id
    client: str = Field(examples=["K7Q-3F9"])
    bed: Id
    since: date
    until: date | None
    state: str = Field(examples=["booked"])
    version: int


class BookedOut(Schema):
    placements: list[PlacementOut]


@router.get(
    "/placements",
    auth=Bearer(Scope.READ_PLACEMENTS),
    response=BoardOut,
    operation_id="placements",
    summary="Every bed of the owner's teams and what it is on one night",
    description="Names nobody; people are told by their references, where the token may see their case. Scope: read:placements.",
    url_name="api_placements",
)
def placements(
    request: Any,
    on: Annotated[Day, Query(description="The night of which day")],
    after_site: Annotated[
        str, Query(max_length=20, pattern=r"^[A-Za-z0-9_-]*$", description="`next` of the page before")
    ] = "",
    sites: Annotated[int, Query(ge=1, le=50, description="How many sites at most")] = 20,
) -> dict[str, Any]:
    user, now = request.user, request.now
    known: Any = Site.objects
    usable = known.usable_by(user, now).in_use_on(on).filter(code__gt=after_site).by_code()
    codes = list(usable.values_list("pk", "code")[: sites + 1])
    following = codes[sites - 1][1] if len(codes) > sites else None
    found = board(user, now, on, on + timedelta(days=1), sites=[pk for pk, _code in codes[:sites]], by_token=True)
    record("housing.board_seen", by=user, now=now, sites=len(found), days=1)
    return {"night_of": on, "sites": [_site(site) for site in found], "next": following}


@router.post(
    "/placements",
    auth=Bearer(Scope.WRITE_PLACEMENTS),
    response={201: BookedOut},
    operation_id="book",
    summary="Book beds for the people of a family, all of them or none",
    description="A bed is given once: whoever comes second is answered 409, with what is in the way. Scope: write:placements.",
    url_name="api_book",
)
def book_beds(request: Any, sent: BookIn, key: Key) -> Status[dict[str, Any]]:
    wanted = _wanted(request, sent)
    try:
        rows = book(
            people_in_beds=wanted,
            since=sent.since,
            until=sent.until,
            reason=sent.reason,
            may_move=sent.may_move,
            by=request.user,
            now=request.now,
            act=token_of(request, "placement", key),
            by_token=True,
        )
    except UnableToPlace as refusal:
        errors = [
            mistake(f"body.{it.field}" if it.field else "body", it.code, it.sentence) for it in refusal.hindrances
        ]
        raise Problem(409, "in_the_way", refusal.sentence, errors=errors) from refusal
    clients = {client.pk: client.reference for client in wanted}
    return Status(201, {"placements": [_placement(row, clients[row.client_id]) for row in rows]})


def _wanted(request: Any, sent: BookIn) -> dict[Client, Bed]:
    """Return who is to be in which bed, or say which of them is not there for this token."""
    user, now = request.user, request.now
    visible = seen_by_token(user, now, prefix="case__", permission=Permission.CASE_CHANGE)
    asked = [it.client for it in sent.people]
    people: Any = Client.objects.filter(visible, reference__in=asked).select_related("data_key", "case__team")
    clients = {client.reference: client for client in people.defer("search_form")}
    usable: Any = Bed.objects.usable_by(user, now, Permission.HOUSING_PLACE).filter(
        pk__in=[it.bed for it in sent.people]
    )
    beds: dict[UUID, Bed] = {bed.pk: bed for bed in usable.with_place()}
    errors = []
    for number, it in enumerate(sent.people):
        if it.client not in clients:
            said = _("There is nobody with this reference, or nobody whom this token may place.")
            errors.append(mistake(f"body.people.{number}.client", "not_there", said))
        if it.bed not in beds:
            said = _("There is no such bed, or none that this token may give.")
            errors.append(mistake(f"body.people.{number}.bed", "not_there", said))
    if len(set(asked)) < len(asked):
        errors.append(mistake("body.people", "twice", _("Somebody is named twice.")))
    if errors:
        raise Problem(422, "invalid", _("Correct what is listed and send it again."), errors=errors)
    return {clients[it.client]: beds[it.bed] for it in sent.people}


def _site(found: Any) -> dict[str, Any]:
    return {
        "code": found.site.code,
        "country": found.site.country,
        "city": found.site.city,
        "rooms": [
            {"label": unit.unit.label, "beds": [_bed(bed) for bed in unit.beds if bed.stretches]}
            for unit in found.units
        ],
    }


def _bed(found: Any) -> dict[str, Any]:
    piece = found.stretches[0]
    there = piece.placement
    return {
        "id": found.bed.pk,
        "label": found.bed.label,
        "kind": found.bed.kind,
        "state": piece.state.value,
        "since": there.since if there else None,
        "until": there.until if there else None,
        "case": there.client.case.code if there else None,
        "client": there.client.reference if there else None,
    }


def _placement(row: Placement, reference: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "client": reference,
        "bed": row.bed_id,
        "since": row.since,
        "until": row.until,
        "state": row.state,
        "version": row.version,
    }
