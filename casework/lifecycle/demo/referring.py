"""Partners, referrals and complaints of the demo, all of them invented, made through the acts that people use."""

from datetime import datetime, timedelta

from casework.accounts.models import Team, User
from casework.clients import actions
from casework.clients.actions.referral_to_dos import give_overdue_to_dos
from casework.clients.models import Case, Partner, Referral
from casework.lib.dates import today_in

ALL = ["name", "birth", "contact", "document", "needs"]


def build_referring(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    keeper, worker, coordinator = workers["admin"], workers["caseworker"], workers["coordinator"]
    partners = _partners(keeper, now)
    team = teams["ALA"]
    cases = list(
        Case.objects.filter(team=team, status=Case.Status.OPEN, restricted=False).order_by("opened_at", "pk")[:5]
    )
    for number, case in enumerate(cases):
        _refer(case, partners[number % len(partners)], worker, now, number)
    _somebody_sent(team, partners[2], worker, now)
    _complaints(team, workers, coordinator, now)
    give_overdue_to_dos(now)


def _partners(keeper: User, now: datetime) -> list[Partner]:
    known = [
        (
            "Demo Legal Clinic",
            "organisation",
            "KZ",
            ["Almaty", "Astana"],
            ["ru", "en"],
            ALL,
            "legal",
            "free",
            "limited",
        ),
        (
            "Demo Psychology Centre",
            "doctor",
            "KZ",
            ["Almaty"],
            ["ru"],
            ["name", "contact"],
            "psychosocial",
            "reduced",
            "open",
        ),
        ("Demo School No. 0", "school", "KZ", ["Almaty"], ["ru", "kk"], ["name", "birth"], "school", "free", "full"),
        ("Demo Migration Service", "authority", "KZ", ["Almaty"], ["ru", "kk"], [], "papers", "paid", "unknown"),
        ("Demo Shelter", "organisation", "GE", ["Tbilisi"], ["ru", "en"], ALL, "accommodation", "free", "limited"),
    ]
    partners = []
    for name, kind, country, towns, languages, may_receive, service, cost, capacity in known:
        partner = actions.record_partner(
            name=name,
            kind=kind,
            country=country,
            towns=towns,
            languages=languages,
            letter_language="ru",
            focal_point="Вымышленная Л.",
            email="nobody@example.org",
            agreement=Partner.Agreement.YES if may_receive else Partner.Agreement.NO,
            may_receive=may_receive,
            by=keeper,
            now=now - timedelta(days=300),
        )
        actions.record_offer(
            partner=partner,
            kind=service,
            country=country,
            town=towns[0],
            cost=cost,
            capacity=capacity,
            waiting_days=14 if capacity == "limited" else None,
            by=keeper,
            now=now,
        )
        if kind != "authority":
            actions.verify_partner(partner=partner, today=(now - timedelta(days=20)).date(), by=keeper, now=now)
        partners.append(partner)
    return partners


def _refer(case: Case, partner: Partner, worker: User, now: datetime, number: int) -> None:
    """The first is overdue, then: accepted, declined, a draft without consent, sent yesterday."""
    began = max(case.opened_at, now - timedelta(days=(30, 20, 15, 3, 1)[number]))
    people = list(case.clients.defer("search_form"))[:1]
    has_agreed = number != 3
    referral = actions.draft_referral(
        case=case,
        people=people,
        partner=partner,
        service=partner.services.values_list("kind", flat=True)[0],
        reason="Demo: asks for an appointment.",
        urgency="soon",
        shared=[each for each in ("name", "contact") if each in partner.may_receive],
        consent_how=Referral.ConsentHow.SIGNED if has_agreed else "",
        consent_on=today_in(case.team.time_zone, began) if has_agreed else None,
        by=worker,
        now=began,
    )
    if not has_agreed:
        return
    referral = actions.send_referral(referral=referral, how="email", version=1, by=worker, now=began)
    if number == 1:
        answered = began + timedelta(hours=2)
        actions.note_accepted(referral=referral, text="Demo: Wednesday, 10:00.", version=2, by=worker, now=answered)
    if number == 2:
        answered = began + timedelta(hours=2)
        actions.note_declined(referral=referral, reason="full", version=2, by=worker, now=answered)


def _somebody_sent(team: Team, partner: Partner, worker: User, now: datetime) -> None:
    today = today_in(team.time_zone, now)
    actions.record_incoming(
        team=team,
        partner=partner,
        received_on=today - timedelta(days=2),
        family_name="Присланная",
        given_name="Демонстрация",
        channel="phone",
        contact="+7 700 000 00 09",
        people=2,
        service="accommodation",
        asked="Demo: a mother and her son need a place to stay.",
        urgency="soon",
        by=worker,
        now=now,
    )


def _complaints(team: Team, workers: dict[str, User], coordinator: User, now: datetime) -> None:
    today = today_in(team.time_zone, now)
    first = actions.record_complaint(
        team=team,
        received_on=today - timedelta(days=10),
        how="in_person",
        subject="service",
        happened="Demo: nobody called back for three weeks.",
        wished="Demo: a call.",
        by=workers["caseworker"],
        now=now - timedelta(days=10),
    )
    actions.move_complaint(
        complaint=first, to="acknowledged", text="Demo: called and said sorry.", version=1, by=coordinator, now=now
    )
    actions.record_complaint(
        team=team,
        people=[coordinator],
        received_on=today - timedelta(days=1),
        how="box",
        subject="staff",
        happened="Demo: was rude. The demo coordinator of Almaty cannot see this one.",
        by=workers["caseworker"],
        now=now,
    )
