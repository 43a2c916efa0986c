"""What the tests of these pages share: a caseworker, signed in, and referrals of one case of theirs."""

from dataclasses import dataclass

from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.clients.models import Client, IncomingReferral, Partner, Referral
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.factories.referrals import make_incoming, make_partner, make_referral, make_sent_referral
from tests.web.cases.pages import signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    browser: Browser
    worker: User
    client: Client
    partner: Partner
    draft: Referral
    sent: Referral
    incoming: IncomingReferral

    def urls(self) -> dict[str, str]:
        """Every page about this case's referrals, by the name of its address."""
        code = [self.client.case.code]
        about_in = (
            "incoming_referral",
            "decline_incoming",
            "attach_incoming",
            "answer_incoming",
            "reconsider_incoming",
        )
        return {
            "case_referrals": reverse("case_referrals", args=code),
            "draft_referral": reverse("draft_referral", args=code),
            "referral": reverse("referral", args=[self.sent.pk]),
            "change_referral": reverse("change_referral", args=[self.draft.pk]),
            "referral_letter": reverse("referral_letter", args=[self.sent.pk]),
            **{f"step {step}": reverse("step_referral", args=[self.sent.pk, step]) for step in STEPS},
            **{name: reverse(name, args=[self.incoming.pk]) for name in about_in},
        }


STEPS = ("send", "received", "accepted", "declined", "done", "feedback", "withdraw", "mistake")
LISTS = ("referrals", "referral_figures", "referrals_in", "record_incoming")


def make_world() -> World:
    worker = make_user()
    client = make_client(team=team_of(worker), by=worker)
    partner = make_partner()
    return World(
        browser=signed_in(worker),
        worker=worker,
        client=client,
        partner=partner,
        draft=make_referral(client, partner=partner, by=worker),
        sent=make_sent_referral(client, partner=partner, by=worker),
        incoming=make_incoming(team=client.case.team, by=worker),
    )
