"""Something at every address: a whole case file and what an organisation keeps beside it, under one person of every role.

Whoever asks at these addresses meets forms and pages, not walls, so that what is sent reaches the code behind them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts import actions as accounts
from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import DEFINITIONS, Role
from casework.clients import actions as clients
from casework.clients.models import EmergencyAccess, SightNotice, SuspectedPair
from casework.documents.actions import add_type
from casework.lib.ids import new_id
from casework.lifecycle.emergency import open_in_emergency
from casework.reports import actions as reports
from casework.residency.actions.calendars import state_days
from casework.residency.actions.verifications import verify_rule
from casework.residency.models import NationalityGroup
from casework.web.exports.work import carry_out
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import hide, make_client
from tests.factories.files import File, make_file
from tests.factories.impacts import make_shorter_draft
from tests.factories.needs import make_draft_version, make_programme
from tests.factories.referrals import make_complaint, make_incoming, make_offer, make_partner
from tests.factories.residency import make_rule
from tests.factories.rules import EXAMPLE, make_draft
from tests.guards.matrix import path_to
from tests.guards.urls import Address, addresses

# What ends the session that the others go by, or is fetched by pages only.
NOT_ASKED = {"account_logout", "leave", "jsi18n", "logout"}
OUR_ADDRESSES = [it for it in addresses() if it.name not in NOT_ASKED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`chief` holds every role and may do everything that one person can; `paths` leads to something at every address."""

    team: Team
    chief: User
    file: File
    paths: Mapping[str, str]

    def path(self, address: Address) -> str:
        return self.paths[address.route]


def open_office(*, name: str = "Тайнов") -> Office:
    team = make_team()
    chief = make_user(None, name="Chief of All")
    memberships = [make_membership(chief, role, team=team if DEFINITIONS[role].of_a_team else None) for role in Role]
    file = make_file(team=team, worker=chief, name=name)
    file = replace(file, rows=file.rows | _of_the_organisation(chief, memberships, file) | _of_the_rules(chief))
    return Office(team=team, chief=chief, file=file, paths={it.route: path_to(it, file) for it in OUR_ADDRESSES})


def come_in(user: User) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    return browser


def _of_the_organisation(chief: User, memberships: list[Membership], file: File) -> dict[str, Any]:
    now = timezone.now()
    partner = make_partner(by=chief)
    draft = make_draft_version(by=chief)
    other = make_user(team=file.case.team)
    hidden = make_client(team=file.case.team, by=other, family_name=file.client.family_name)
    clients.suspect(client=file.client, alike={hidden.pk: ["same_name"]}, now=NOW)
    pair = SuspectedPair.objects.get()
    secret = make_client(by=make_user()).case
    hide(secret)
    open_in_emergency(code=secret.code, reason="Somebody called from the border.", by=make_user(), now=now)
    invitation, token = accounts.invite(email="new@example.org", role=Role.AUDITOR, team=None, by=chief, now=now)
    _recovery, link = accounts.reset_second_factor(user=make_user(), by=chief, now=now)
    notice = SightNotice(data_key=other.data_key, user=other, kind=SightNotice.Kind.MANY, at=now, count=60)
    notice.save()
    access = clients.give_access(
        user=make_user(), case=file.case, starts_at=now, ends_at=now + timedelta(days=2), reason="Придумано", by=chief, now=now
    )  # fmt: skip
    document_type = add_type(by=chief, now=NOW, country="RS", kind="identity_card", name="Lična karta", masks=["####"])
    export = reports.start_export(
        asked=reports.Asked(listing="cases", format="csv", query="", filters=[], language="en"), by=chief, now=now
    )
    carry_out(export_id=export.pk, clock=timezone.now)
    rows = {
        "partner_id": partner,
        "offer_id": make_offer(partner, by=chief),
        "complaint_id": make_complaint(team=file.case.team),
        "pair_id": pair,
        "access/ access_id": access,
        "emergency/ access_id": EmergencyAccess.objects.get(),
        "notice_id": notice,
        "type_id": document_type,
        "programme_id": make_programme(by=chief),
        "scheme_id": draft.scheme,
        "version_id": draft,
        "invitation_id": invitation,
        "people/ user_id": other,
        "membership_id": memberships[-1],
        "team_id": file.case.team,
        "export_id": export,
    }
    more = {
        "referrals/in/ referral_id": make_incoming(team=file.case.team, by=chief).pk,
        "programmes/scoring/<uuid:version_id>/ code": "savings",
        "programmes/scoring/<uuid:version_id>/add/ kind": "yes_no",
        "exports/ key": "cases",
        "batch": new_id(),
        "account/recovery/ token": link,
        "invitation/ token": token,
        "admin/r/ content_type_id": ContentType.objects.get_for_model(User).pk,
        "admin/r/<path:content_type_id>/ object_id": chief.pk,
    }
    return {part: row.pk for part, row in rows.items()} | more


def _of_the_rules(chief: User) -> dict[str, Any]:
    rule = make_rule()
    draft = make_shorter_draft(rule, by=chief)
    unproved = make_draft(by=make_user(Role.POLICY_EDITOR), worked_examples=[EXAMPLE], nationality="BY")
    day = state_days(
        place=rule.jurisdiction, first=date(2026, 12, 10), last=date(2026, 12, 10), is_working_day=False, by=chief,
        now=NOW, reason="Invented decree", source_title="An invented decree", source_read_on=date(2026, 11, 1),
    )[0]  # fmt: skip
    read_on = date(2026, 11, 20)
    verification = verify_rule(
        rule=rule, citation=rule.citations.get(), read_on=read_on, today=read_on, by=chief, now=NOW
    )
    group = NationalityGroup.objects.create(code="made-up", name="Made up", nationalities=["RU"])
    return {
        "rules/ code": "KZ",
        "year": 2026,
        "rules/ number": draft.pk,
        "rules/<str:code>/ number": rule.pk,
        "rules/<str:code>/calendar/days/ number": day.pk,
        "policy-desk/rules/ number": rule.pk,
        "policy-desk/verifications/ number": verification.pk,
        "policy-desk/drafts/ number": unproved.pk,
        "place": 0,
        "admin/residency/rule/ rule_id": draft.pk,
        "admin/residency/rule/ object_id": unproved.pk,
        "admin/residency/jurisdiction/ object_id": rule.jurisdiction.pk,
        "admin/residency/nationalitygroup/ object_id": group.pk,
        "admin/residency/calendarday/ object_id": day.pk,
    }
