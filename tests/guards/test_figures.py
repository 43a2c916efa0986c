"""No page of those who see no people tells a small number of them: every such page is opened over few people, and over more.

Whatever a page says of two people it has to say of seven. This finds any figure that did not pass `lib.suppression`, also
one that nobody thought of as a figure: a page that differs has told something.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pgtrigger
import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Job, User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.clients.actions.programmes import set_programmes
from casework.clients.actions.services import deliver_service
from casework.clients.models import Case, Client, Score
from casework.housing.actions import record_turn_away
from casework.lifecycle import score_runs
from casework.reports.donor_actions import keep_donor_report
from casework.reports.models import DonorReport
from casework.reports.periods import month_of
from casework.residency.actions import refresh
from casework.residency.models import ImpactLine
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.documents import make_document
from tests.factories.housing import book, make_beds, make_site
from tests.factories.impacts import compute, computed_impact, make_shorter_draft
from tests.factories.needs import make_cash, make_draft_version, make_programme, publish
from tests.factories.referrals import make_offer, make_partner, make_referral
from tests.factories.residency import make_deadline, make_rule, make_stay

from .matrix import ADDRESSES, without_tokens
from .urls import EXAMPLES, PART

pytestmark = pytest.mark.django_db

BLIND = [role for role in Role if Permission.CASE_VIEW not in DEFINITIONS[role].permissions]
# Rows of those who may see them: one an event with the code of its case, one a pair of people to compare.
OF_THEIR_OWN_ROWS = {"audit", "duplicates", "pair"}
OF_SECONDS = {"readyz"}  # how long an event has waited for its seal
DAY = date(2026, 11, 20)


class Organisation:
    """A team with everything in which people of other teams are counted, and somebody of each role who sees none of them."""

    def __init__(self) -> None:
        self.team = make_team(name="Almaty")
        self.worker = make_user(Role.COORDINATOR, team=self.team)
        self.other = make_user(Role.COORDINATOR, team=self.team)
        self.partner = make_partner()
        self.programme = make_programme()
        self.rule = make_rule()
        self.draft = make_shorter_draft(self.rule)
        self.impact = computed_impact(self.draft)
        self.version = publish(make_draft_version())
        self.next_version = make_draft_version()
        self.beds = make_beds(30, site=make_site(team=self.team, by=self.worker), capacity=30)
        self.browsers = {role: self._signed_in(role) for role in BLIND}
        self.parts = {
            "code": "KZ",
            "year": 2026,
            "number": self.draft.pk,
            "programme_id": self.programme.pk,
            "version_id": self.version.pk,
            "scheme_id": self.version.scheme_id,
            "partner_id": self.partner.pk,
            "offer_id": make_offer(self.partner).pk,
            "impact_id": self.impact.pk,
            "team_id": self.team.pk,
            "user_id": self.worker.pk,
            "membership_id": self.worker.memberships.get().pk,
        }

    def _signed_in(self, role: Role) -> Browser:
        browser = Browser()
        browser.force_login(make_user(role))
        return browser

    def grow(self, people: int, *, restricted: bool = False) -> None:
        """Let so many more people come, each with a case that is counted wherever anything is."""
        for _number in range(people):
            # All by the one worker: colleagues who come are told of in lists of colleagues.
            client = make_client(case=make_case(team=self.team, caseworker=self.worker), by=self.worker)
            make_stay(client, date(2026, 11, 1), by=self.worker)
            refresh(client_ids=[client.pk], now=NOW)
            self._count_in(client)
            self._house(client)
            if restricted:
                hide(client.case, self.worker, self.other)
            else:
                self._pay(client.case)
        self._compute_again()
        self._keep_report_again()

    def _count_in(self, client: Client) -> None:
        case = client.case
        before = timezone.now().date().replace(day=1) - timedelta(days=1)
        make_stay(client, before - timedelta(days=9), before - timedelta(days=8), country="GE", by=self.worker)
        make_deadline(client, duty="register", due_on=before)
        make_deadline(client, because=[{"code": "calendar_used", "values": {"calendar": "KZ"}}])
        make_document(client, by=self.worker)
        make_referral(client, partner=self.partner, by=self.worker)
        set_programmes(case=case, programmes=[self.programme], by=self.worker, now=NOW)

    def _house(self, client: Client) -> None:
        """They were turned away last month, and live in a bed of ours now."""
        now = timezone.now()
        record_turn_away(
            team=self.team,
            day=now.date().replace(day=1) - timedelta(days=1),
            people=1,
            reason="full",
            country="KG",
            case=client.case,
            by=self.worker,
            now=now,
        )
        book({client: self.beds.pop()}, by=self.worker, until=None, checks_in=True)

    def _pay(self, case: Case) -> None:
        """Money is summed up whoever it went to: what is spent is spent."""
        service = make_cash(case, programme=self.programme, by=self.worker)
        deliver_service(service=service, on=DAY, today=DAY, version=service.version, by=self.worker, now=NOW)

    def _compute_again(self) -> None:
        ImpactLine.objects.filter(impact=self.impact).delete()
        Score.objects.all().delete()
        for job in (self.impact.job, self.version.job):
            assert job is not None
            waits: dict[str, Any] = {"state": Job.State.WAITING, "done": 0, "total": 0, "message": "", "result": {}}
            Job.objects.filter(pk=job.pk).update(**waits, finished_at=None)
        compute(self.impact)
        assert self.version.job is not None
        score_runs.carry_out(job_id=self.version.job.pk, clock=lambda: NOW)

    def _keep_report_again(self) -> None:
        """Outside of this test nobody makes a report twice, since the database refuses to forget the first."""
        with pgtrigger.ignore("reports.DonorReport:kept_for_years"):
            DonorReport.objects.all().delete()
        later = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
        by = User.objects.get(pk=self.worker.pk)
        keep_donor_report(period=month_of(DAY), today=later.date(), by=by, now=later)

    def pages(self) -> dict[tuple[Role, str], str]:
        """Return what everybody who sees no people is told, by role and address."""
        return {
            (role, path): said
            for role in BLIND
            for path in sorted(set(self._paths(role)))
            if (said := self._said(self.browsers[role], path))
        }

    def _paths(self, role: Role) -> Iterator[str]:
        for address in ADDRESSES:
            # Not the doors, the admin of those who keep the rules, and what only the demo has.
            if address.policy is None or address.policy.demo_only:
                continue
            asked = address.policy.permission
            if (
                address.name in OF_THEIR_OWN_ROWS | OF_SECONDS
                or (asked is None and role is not BLIND[0])
                or (asked and asked not in DEFINITIONS[role].permissions)
            ):
                continue
            for parts in (self.parts, self.parts | {"number": self.rule.pk, "version_id": self.next_version.pk}):
                yield "/" + PART.sub(lambda found: self._stands_for(found, parts), address.route)  # noqa: B023 - used at once

    def _stands_for(self, found: re.Match[str], parts: dict[str, Any]) -> str:
        return str(parts.get(found[2]) or EXAMPLES[found[1] or "str"])

    def _said(self, browser: Browser, path: str) -> str:
        answer: Any = browser.get(path)
        if answer.status_code != 200 or answer["Content-Type"] == "application/pdf":  # the empty form of a consent
            return ""
        content = answer.getvalue() if answer.streaming else answer.content
        if content.startswith(b"PK"):
            content = b"".join(_sheets(content))
        return re.sub(r'name="(?:id|submit_token|draft_page)" value="[0-9a-f-]+"', "", without_tokens(content.decode()))


def _sheets(workbook: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        for name in sorted(parts.namelist()):
            if name.startswith("xl/worksheets/"):
                yield parts.read(name)


@pytest.fixture
def organisation(settings: LazySettings) -> Organisation:
    settings.SECOND_FACTOR_REQUIRED = False
    return Organisation()


def changed(before: dict[tuple[Role, str], str], after: dict[tuple[Role, str], str]) -> set[str]:
    return {path for role, path in before.keys() | after.keys() if before.get((role, path)) != after.get((role, path))}


def test_two_people_and_seven_look_the_same_to_whoever_sees_none_of_them(organisation: Organisation) -> None:
    organisation.grow(2)
    few = organisation.pages()
    organisation.grow(5)

    assert changed(few, organisation.pages()) == set()
    assert Case.objects.count() == 7
    assert len(few) > 70


def test_many_are_told_in_tens_and_people_of_restricted_cases_are_among_none(organisation: Organisation) -> None:
    nobody = organisation.pages()
    organisation.grow(9)
    many = organisation.pages()
    organisation.grow(3, restricted=True)
    names = {path.split("/", 2)[1] for path in changed(nobody, many)}

    # Else the test above would look at pages without figures. Of upkeep and jobs it is a job that has ended, of the policy desk
    # whether a draft concerns anybody.
    assert names == {"jobs", "keys", "policy-desk", "programmes", "reports", "rules", "upkeep"}
    assert {f"/reports/{it}/" for it in ("capacity", "forecast", "turn-aways", "arrivals", "deadlines")} <= changed(
        nobody, many
    )
    assert len(changed(nobody, many)) > 8
    assert changed(many, organisation.pages()) == set()
