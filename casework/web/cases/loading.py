"""How the pages of a case find it. What may not be seen is not there: one 404 for foreign and missing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from casework.accounts.access import memberships
from casework.accounts.models import Draft, User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Address, Case, Client, Contact, EmergencyAccess, Merge, Note
from casework.clients.quotas import sights_of
from casework.web.access.limits import count_sight
from casework.web.appointments.rows import planned_of_case
from casework.web.needs.reviews import review_of_case
from casework.web.opening import open_or_404
from casework.web.referrals.rows import open_of_case
from casework.web.safety.loading import safety_of_case

from .header import open_offers

# What the pages of a note show around it.
NOTE_WITH = ("data_key", "case__team", "case__data_key")


def visible_case(user: User, code: str, now: datetime) -> Any:
    """Return the case with its team, caseworker, `may_change`, whether it is of a team of theirs, what is open of its referrals, whom nobody must contact and whom to ask again, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE)
    works: Any = memberships(user, Permission.CASE_CHANGE, now).values("team")
    cases: Any = Case.objects
    told: dict[str, Any] = {
        "may_change": ExpressionWrapper(may_change, BooleanField()),
        "is_of_own_team": ExpressionWrapper(Q(team__in=works), BooleanField()),
        "may_unarchive": ExpressionWrapper(_may_change_if_archived(user, now), BooleanField()),
        "draft_saved_at": Subquery(
            Draft.objects.filter(user=user, form="write_note", about=OuterRef("pk")).kept(now).values("saved_at")[:1]
        ),
        "offer": Subquery(open_offers(OuterRef("pk")).values("pk")[:1]),
        # The log shows what happened in others before their people came here.
        "joined_here": ArraySubquery(Case.objects.filter(joined_into=OuterRef("pk")).values("pk")),
        # Those who are no people of their own any more, and as whom they are on file now.
        "merged_here": ArraySubquery(
            Merge.objects.standing()
            .filter(into__case=OuterRef("pk"))
            .order_by()
            .values(row=JSONObject(gone="gone_id", into="into_id"))
        ),
        **open_of_case(),
        "planned": planned_of_case(),
        "was_opened_in_emergency": Exists(EmergencyAccess.objects.filter(case=OuterRef("pk"))),
        **safety_of_case(),
        **review_of_case(),
    }
    rows = cases.visible_to(user, now).annotate(**told, sights=sights_of(user, now, "clients_case.id"))
    rows = rows.select_related("data_key", "team", "caseworker__data_key", "joined_into")
    case = open_or_404(rows, code=code)
    count_sight(case, case, user, now)
    return case


def visible_client(user: User, reference: str, now: datetime) -> Any:
    """Return the person with their case, its team and `may_change`, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    clients: Any = Client.objects
    rows = clients.visible_to(user, now).annotate(
        may_change=ExpressionWrapper(may_change, BooleanField()),
        sights=sights_of(user, now, "clients_client.case_id"),
        merged_here=ArraySubquery(
            Merge.objects.standing()
            .filter(into=OuterRef("pk"))
            .order_by("at", "pk")
            .values(row=JSONObject(id="id", reference="gone_reference"))
        ),
    )
    rows = rows.select_related("data_key", "case__team", "case__data_key", "computed_position").defer("search_form")
    client = open_or_404(rows, reference=reference)
    count_sight(client, client.case, user, now)
    return client


def reference_now(user: User, reference: str, now: datetime) -> str:
    """Return the reference under which somebody is on file who was merged, or answer 404: as for anybody who is not there."""
    clients: Any = Client.objects
    merged = Merge.objects.standing().filter(gone_reference=reference).values("into")
    client = open_or_404(clients.visible_to(user, now).select_related("case"), pk__in=merged)
    return str(client.reference)


def changeable_case(user: User, code: str, now: datetime) -> Case:
    """Return the case that this user may change, or answer 404."""
    cases: Any = Case.objects
    rows = cases.changeable_by(user, now).select_related("data_key", "team", "caseworker__data_key")
    case: Case = open_or_404(rows, code=code)
    return case


def archived_case(user: User, code: str, now: datetime) -> Case:
    """Return the archived case that this user could change if it were not, or answer 404."""
    rows = Case.objects.filter(_may_change_if_archived(user, now), archived_at__isnull=False)
    case: Case = open_or_404(rows.select_related("data_key", "team"), code=code)
    return case


def _may_change_if_archived(user: User, now: datetime) -> Any:
    return cases_visible_to(user, now, permission=Permission.CASE_CHANGE, archived=True)


def changeable_client(user: User, reference: str, now: datetime) -> Client:
    """Return the person whose case this user may change, or answer 404."""
    clients: Any = Client.objects
    rows = clients.changeable_by(user, now).select_related("data_key", "case__team", "case__data_key")
    client: Client = open_or_404(rows, reference=reference)
    return client


def changeable_contact(user: User, contact_id: UUID, now: datetime) -> Contact:
    """Return the contact of a person whose case this user may change, or answer 404."""
    contact: Contact = open_or_404(_of_client(Contact, user, now), pk=contact_id)
    return contact


def changeable_address(user: User, address_id: UUID, now: datetime) -> Address:
    """Return the address of a person whose case this user may change, or answer 404."""
    address: Address = open_or_404(_of_client(Address, user, now), pk=address_id)
    return address


def changeable_note(user: User, note_id: UUID, now: datetime) -> Note:
    """Return the note on a case that this user may change, or answer 404."""
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    note: Note = open_or_404(Note.objects.filter(may_change).select_related(*NOTE_WITH), pk=note_id)
    return note


def _of_client(model: Any, user: User, now: datetime) -> Any:
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    return model.objects.filter(may_change).select_related("data_key", "client__data_key", "client__case__team")
