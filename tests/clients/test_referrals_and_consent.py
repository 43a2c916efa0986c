"""Referrals under what people say about sharing in general: refusals, withdrawals, the never-contact list."""

from datetime import date, timedelta

import pytest

from casework.clients import actions
from casework.clients.models import Client, Referral, ReferralStep, ToDo
from casework.clients.referring import hindrances
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_partner, make_referral, make_sent_referral
from tests.factories.safety import make_consent, make_never_contact

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
AGREED = date(2026, 11, 20)


@pytest.fixture
def client() -> Client:
    worker = make_user()
    return make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)


def in_the_way(referral: Referral) -> list[str]:
    return hindrances(referral, list(referral.people.all()), TODAY)


def test_who_was_not_asked_in_general_agreed_to_this_referral(client: Client) -> None:
    assert in_the_way(make_referral(client)) == []


def test_a_refusal_is_stronger_than_the_consent_of_one_referral_and_lets_the_code_go(client: Client) -> None:
    make_consent(client, said="no", basis="consent")

    assert in_the_way(make_referral(client)) == ["They refused on 22 Nov 2026."]
    assert in_the_way(make_referral(client, shared=[])) == []


def test_a_partner_on_the_never_contact_list_is_told_not_even_the_code(client: Client) -> None:
    partner = make_partner()
    make_never_contact(client.case, kind="organisation", value="Invented", recipient_id=partner.pk)

    assert in_the_way(make_referral(client, partner=partner, shared=[])) == ["On the never-contact list."]
    assert in_the_way(make_referral(client)) == []
    with pytest.raises(actions.UnableToRefer, match="never-contact"):
        make_sent_referral(client, partner=partner, shared=[])


def test_what_was_withdrawn_before_does_not_stand_against_what_was_agreed_to_later(client: Client) -> None:
    consent = make_consent(client, given_on=AGREED - timedelta(days=9))
    actions.withdraw_consent(
        consent=consent, on=AGREED - timedelta(days=1), words="", version=1, by=make_user(), now=NOW, today=TODAY
    )

    assert in_the_way(make_referral(client)) == []
    assert in_the_way(make_referral(client, consent_on=AGREED - timedelta(days=1))) == [
        "They withdrew it on 19 Nov 2026."
    ]


def test_a_withdrawal_stops_what_was_sent_and_tells_the_caseworker(client: Client) -> None:
    consent = make_consent(client, given_on=AGREED)
    sent, other = make_sent_referral(client), make_sent_referral(client, shared=["contact"])
    draft = make_referral(client)

    actions.withdraw_consent(consent=consent, on=TODAY, words="", version=1, by=make_user(), now=NOW, today=TODAY)

    for each in (sent, other, draft):
        each.refresh_from_db()
    assert (sent.state, sent.withdrawn_why) == ("withdrawn", "consent")
    assert other.state == "sent"
    assert draft.state == "draft"
    assert in_the_way(draft) == ["They withdrew it on 22 Nov 2026."]
    assert "Stopped by the software" in str(ReferralStep.objects.get(state="withdrawn").text)
    assert ToDo.objects.get().owner == client.case.caseworker


def test_a_refusal_stops_what_was_accepted_too(client: Client) -> None:
    referral = make_sent_referral(client)
    actions.note_accepted(referral=referral, version=2, by=make_user(), now=NOW)

    make_consent(client, said="no", basis="consent")

    referral.refresh_from_db()
    assert referral.state == "withdrawn"


def test_nothing_is_stopped_by_what_somebody_else_says(client: Client) -> None:
    other, referral = make_client(case=client.case, relation="sibling"), make_sent_referral(client)

    make_consent(other, said="no", basis="consent")

    referral.refresh_from_db()
    assert referral.state == "sent"


def test_a_partner_put_on_the_never_contact_list_is_told_nothing_more(client: Client) -> None:
    partner = make_partner()
    sent, other = make_sent_referral(client, partner=partner), make_sent_referral(client)

    make_never_contact(client.case, kind="organisation", value="Invented", recipient_id=partner.pk)

    for each in (sent, other):
        each.refresh_from_db()
    assert (sent.state, other.state) == ("withdrawn", "sent")
    to_do = ToDo.objects.get()
    assert (to_do.kind, to_do.about, to_do.case, to_do.owner) == ("stopped", sent.pk, sent.case, sent.case.caseworker)
