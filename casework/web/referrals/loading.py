"""How the pages of referrals find them. What may not be seen is not there: one 404 for foreign and missing."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, IntegerField, Value, When
from django.db.models import Case as Ranked
from django.db.models.functions import Lower

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Client, IncomingReferral, Partner, Referral
from casework.lib.dates import today_in
from casework.web.looking import shown
from casework.web.opening import open_or_404

WITH = ("data_key", "case__team", "case__data_key", "partner__data_key")


def visible_referral(user: User, referral_id: UUID, now: datetime) -> Any:
    """Return the referral with its case, partner and `may_change`, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    referrals: Any = Referral.objects
    rows = referrals.visible_to(user, now).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    return open_or_404(rows.select_related(*WITH), pk=referral_id)


def changeable_referral(user: User, referral_id: UUID, now: datetime) -> Referral:
    """Return the referral of a case that this user may change, or answer 404."""
    referrals: Any = Referral.objects
    referral: Referral = open_or_404(referrals.changeable_by(user, now).select_related(*WITH), pk=referral_id)
    return referral


def changeable_incoming(user: User, referral_id: UUID, now: datetime) -> IncomingReferral:
    """Return the referral in that this user may decide about, or answer 404."""
    referrals: Any = IncomingReferral.objects
    rows = referrals.changeable_by(user, now).select_related("data_key", "team", "partner__data_key", "case__data_key")
    referral: IncomingReferral = open_or_404(rows, pk=referral_id)
    shown(referral.case_id)
    return referral


def people_in(case: Case) -> Any:
    """Return the people of a case, the principal applicant first."""
    people: Any = Client.objects.filter(case=case).defer("search_form")
    return people.principal_first()


def partners_for(case_country: str) -> Any:
    """Return the partners in use, those of the country in which the team works before others."""
    near = Ranked(When(country=case_country, then=Value(0)), default=Value(1), output_field=IntegerField())
    partners: Any = Partner.objects
    return partners.in_use().order_by(near, "country", Lower("name"), "id")


def today_of(case: Case, now: datetime) -> date:
    return today_in(case.team.time_zone, now)
