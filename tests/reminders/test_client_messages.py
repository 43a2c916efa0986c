"""Messages to the people themselves: only who agreed, only as they agreed, and nothing after STOP."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import IntegrityError, transaction

from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Appointment, Case, Client, Contact
from casework.lib.refusals import Refusal
from casework.lifecycle.cases import split_case
from casework.reminders import actions, send
from casework.reminders.models import MessageAgreement, Reminder
from casework.reminders.plan import plan
from casework.residency.models import ComputedPosition, Deadline
from tests.factories.accounts import NOW
from tests.factories.clients import make_client, make_contact
from tests.factories.messages import NUMBER, make_willing
from tests.factories.safety import make_consent

from .deadlines import TODAY, make_deadline

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def agreed() -> MessageAgreement:
    """Somebody who agreed, with a deadline in a week."""
    agreement = make_willing()
    make_deadline(client=agreement.client, due_on=TODAY + 7 * DAY)
    return agreement


@pytest.fixture(autouse=True)
def outgoing(settings: LazySettings) -> Path:
    return Path(settings.OUTGOING_DIR)


def to_client() -> Any:
    return Reminder.objects.filter(client__isnull=False)


def fates() -> list[tuple[str, str]]:
    """Of each message what became of it, by its hour; of two of one hour the earlier of them."""
    return list(to_client().order_by("send_at", "-lead_days", "id").values_list("state", "why"))


def texts(folder: Path) -> list[str]:
    return [json.loads(each.read_bytes())["text"].strip() for each in sorted(folder.glob("*.sms"))]


def run(now: datetime) -> None:
    plan(now=now)
    send.deliver_due(clock=lambda: now)


def plan_appointment(
    agreement: MessageAgreement, day: date, at: time = time(10), people: Sequence[Client] = ()
) -> Appointment:
    case = Case.objects.get(pk=agreement.client.case_id)
    return clients.plan_appointment(
        case=case,
        people=people or [agreement.client],
        by=agreement.recorded_by,
        now=NOW,
        day=day,
        wall_time=at,
        zone="Asia/Bishkek",
    )


def test_who_has_not_agreed_is_never_written_to() -> None:
    make_deadline(due_on=TODAY + 7 * DAY)

    plan(now=NOW)

    assert not to_client().exists()


def test_who_agreed_is_written_to_on_their_days_and_once_each(agreed: MessageAgreement, outgoing: Path) -> None:
    for days in range(10):
        run(NOW + days * DAY)
        run(NOW + days * DAY)

    assert list(to_client().order_by("send_at").values_list("lead_days", "channel", "state")) == [
        (7, "sms", "sent"),
        (1, "sms", "sent"),
        (0, "sms", "sent"),
    ]
    today = "Пожалуйста, свяжитесь с нами сегодня."
    assert sorted(texts(outgoing)) == sorted(["Пожалуйста, свяжитесь с нами.", today, today])


def test_the_message_goes_to_their_number_in_their_language_and_tells_nothing(
    agreed: MessageAgreement, outgoing: Path
) -> None:
    run(NOW)

    [file] = outgoing.glob("*.sms")
    said = json.loads(file.read_bytes())
    assert said["to"] == "+996555012345"
    assert said["text"] == "Пожалуйста, свяжитесь с нами.\n"
    client = agreed.client
    for revealing in (client.family_name, client.reference, client.case.code, "KG", "http", "2026"):
        assert revealing not in file.read_text("utf-8")


def test_their_caseworker_is_still_told_and_the_timeline_says_what_became_of_it(agreed: MessageAgreement) -> None:
    run(NOW)

    event = Event.objects.get(type="reminders.client_message_sent")
    assert event.case_id == agreed.client.case_id
    assert event.data["client"] == str(agreed.client_id)
    assert [it.to for it in mail.outbox] == [[agreed.recorded_by.email]]


def test_their_own_days_count(agreed: MessageAgreement) -> None:
    MessageAgreement.objects.update(leads=[3])

    run(NOW)
    run(NOW + 4 * DAY)

    assert [it.lead_days for it in to_client()] == [3]


def test_what_is_overdue_is_not_written(agreed: MessageAgreement) -> None:
    run(NOW + 8 * DAY)

    assert not to_client().exists()


def test_a_deadline_that_is_met_before_it_goes_is_not_spoken_of(agreed: MessageAgreement, outgoing: Path) -> None:
    plan(now=NOW)
    send.claim(now=NOW)
    Deadline.objects.update(state="done")

    send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    assert fates() == [("stopped", "settled")]
    assert texts(outgoing) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"is_safe": False}, "unsafe"),
        ({"verified_on": None}, "unverified"),
        ({"no_message": True}, "no_message"),
        ({"ended_at": NOW + DAY}, "ended"),
        ({"channel": "phone"}, "unfit"),
    ],
)
def test_a_way_that_is_not_safe_any_more_is_not_used_even_for_what_was_queued(
    agreed: MessageAgreement, outgoing: Path, changed: dict[str, Any], why: str
) -> None:
    plan(now=NOW)
    Contact.objects.filter(pk=agreed.contact_id).update(**changed)

    send.deliver_due(clock=lambda: NOW)
    plan(now=NOW + 6 * DAY)

    assert fates() == [("stopped", why)]
    assert texts(outgoing) == []


def test_who_refuses_to_be_supported_is_not_written_to(agreed: MessageAgreement, outgoing: Path) -> None:
    plan(now=NOW)
    make_consent(agreed.client, purpose="support", said="no", categories=["contact"])

    send.deliver_due(clock=lambda: NOW)

    assert fates() == [("stopped", "refused")]
    assert texts(outgoing) == []


def test_a_stop_of_all_contact_stops_messages(agreed: MessageAgreement) -> None:
    plan(now=NOW)
    clients.stop_contact(case=Case.objects.get(pk=agreed.client.case_id), by=agreed.recorded_by, now=NOW)

    send.deliver_due(clock=lambda: NOW)

    assert fates() == [("stopped", "unsafe")]


def test_outside_their_hours_it_waits_and_that_is_no_try(agreed: MessageAgreement, outgoing: Path) -> None:
    Contact.objects.filter(pk=agreed.contact_id).update(safe_from=time(18), safe_until=time(21))

    run(NOW)  # 15:00 in Bishkek
    waiting = to_client().get()
    run(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

    assert waiting.send_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert fates() == [("sent", "")]
    assert len(texts(outgoing)) == 1


def test_who_can_be_written_to_on_mondays_only_hears_once_of_a_tuesday(outgoing: Path) -> None:
    agreement = make_willing(contact={"safe_days": [1], "safe_from": time(10), "safe_until": time(12)})
    make_deadline(client=agreement.client, due_on=date(2026, 12, 1))
    monday = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)

    for days in range(8):  # the seventh day before is a Tuesday
        run(NOW + days * DAY)
    run(monday - timedelta(hours=10))
    run(monday)
    run(monday + timedelta(hours=1))

    assert fates() == [("stopped", "overtaken"), ("sent", "")]
    assert texts(outgoing) == ["Пожалуйста, свяжитесь с нами сегодня."]


def test_hours_that_changed_after_it_was_queued_are_kept(agreed: MessageAgreement, outgoing: Path) -> None:
    plan(now=NOW)
    Contact.objects.filter(pk=agreed.contact_id).update(safe_from=time(18), safe_until=time(21))

    send.deliver_due(clock=lambda: NOW)

    again = to_client().get()
    assert (again.state, again.tries, again.send_at) == ("waiting", 0, datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert texts(outgoing) == []


def test_nobody_is_woken_at_night(agreed: MessageAgreement) -> None:
    plan(now=datetime(2026, 11, 21, 18, 30, tzinfo=UTC))  # half past midnight of the day, there

    assert to_client().get().send_at == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        # Almaty was six hours ahead of UTC until the end of February 2024, and five since.
        ("Asia/Almaty", datetime(2024, 2, 28, 20, 0, tzinfo=UTC), datetime(2024, 2, 29, 3, 0, tzinfo=UTC)),
        ("Asia/Almaty", datetime(2024, 2, 29, 20, 0, tzinfo=UTC), datetime(2024, 3, 1, 4, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
)
def test_hours_are_those_of_the_wall_where_they_stay(zone: str, now: datetime, at: datetime) -> None:
    agreement = make_willing()
    ComputedPosition.objects.update_or_create(
        client=agreement.client,
        defaults={"facts_version": 1, "rules_version": 1, "time_zone": zone, "computed_at": NOW},
    )
    make_deadline(client=agreement.client, due_on=at.date() + 7 * DAY)

    plan(now=now)

    assert to_client().get().send_at == at


def test_where_no_safe_hour_comes_in_time_a_person_is_asked_and_told(agreed: MessageAgreement) -> None:
    Contact.objects.filter(pk=agreed.contact_id).update(safe_days=[1])  # Mondays
    Deadline.objects.update(due_on=date(2026, 11, 22))  # a Sunday

    run(NOW)

    assert fates() == [("needs_person", "no_safe_hour")]
    assert Reminder.objects.filter(subject__startswith="unreached:", recipient=agreed.recorded_by).count() == 1


def test_before_an_appointment_for_which_no_safe_hour_comes_in_time_a_person_is_asked(agreed: MessageAgreement) -> None:
    MessageAgreement.objects.update(about_deadlines=False)
    Contact.objects.filter(pk=agreed.contact_id).update(safe_from=time(18), safe_until=time(20))
    plan_appointment(agreed, TODAY + DAY, at=time(10))

    run(datetime.combine(TODAY, time(16), UTC))  # ten in the evening before

    assert fates() == [("needs_person", "no_safe_hour")]


def test_what_a_queue_that_stood_still_did_not_say_in_time_is_not_said_later(
    agreed: MessageAgreement, outgoing: Path
) -> None:
    Deadline.objects.update(due_on=TODAY)
    plan(now=NOW)

    send.deliver_due(clock=lambda: NOW + DAY)

    assert (fates(), texts(outgoing)) == ([("needs_person", "no_safe_hour")], [])


def test_an_appointment_is_spoken_of_with_its_hour_only_if_they_want(agreed: MessageAgreement, outgoing: Path) -> None:
    MessageAgreement.objects.update(says_when=True, about_deadlines=False)
    plan_appointment(agreed, TODAY + DAY)

    run(NOW)

    assert texts(outgoing) == ["Не забудьте: 23 нояб, 10:00."]


def test_an_appointment_that_was_cancelled_is_not_spoken_of(agreed: MessageAgreement, outgoing: Path) -> None:
    MessageAgreement.objects.update(about_deadlines=False)
    plan_appointment(agreed, TODAY + DAY)
    plan(now=NOW)
    Appointment.objects.update(state="cancelled")

    send.deliver_due(clock=lambda: NOW)

    assert fates() == [("stopped", "settled")]
    assert texts(outgoing) == []


def test_whoever_left_the_case_is_not_told_of_an_appointment_that_stayed_there(
    agreed: MessageAgreement, outgoing: Path
) -> None:
    MessageAgreement.objects.update(about_deadlines=False)
    she, by = agreed.client, agreed.recorded_by
    he = make_client(case=Case.objects.get(pk=she.case_id), relation="spouse", by=by)
    plan_appointment(agreed, TODAY + DAY, people=[she, he])
    plan(now=NOW)
    case = Case.objects.get(pk=she.case_id)
    known: dict[str, Any] = {"team": case.team, "caseworker": None, "version": case.version, "principal_here": he.pk}
    split_case(case=case, leaving=[she.pk], principal=she.pk, by=by, now=NOW, **known)

    run(NOW)

    assert fates() == [("stopped", "settled")]
    assert texts(outgoing) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"is_safe": False}, "unsafe"), ({"no_message": True}, "no_message"), ({"channel": "whatsapp"}, "other_way")],
)
def test_of_two_who_are_expected_together_each_is_written_to_only_as_they_want_themselves(
    agreed: MessageAgreement, outgoing: Path, changed: dict[str, Any], why: str
) -> None:
    mate = make_willing(make_client(case=agreed.client.case), contact={"value": "+996 555 054321"})
    MessageAgreement.objects.update(about_deadlines=False)
    planned = plan_appointment(agreed, TODAY + DAY)
    people = [agreed.client, mate.client]
    clients.change_appointment(appointment=planned, version=1, people=people, by=agreed.recorded_by, now=NOW)
    plan(now=NOW)
    Contact.objects.filter(pk=mate.contact_id).update(**changed)

    send.deliver_due(clock=lambda: NOW)

    found = to_client().filter(channel="sms")
    assert {it.client_id: (it.state, it.why) for it in found} == {
        agreed.client_id: ("sent", ""),
        mate.client_id: ("stopped", why),
    }
    assert len(texts(outgoing)) == 1


def test_who_is_expected_no_more_is_not_written_to(agreed: MessageAgreement, outgoing: Path) -> None:
    mate = make_willing(make_client(case=agreed.client.case), contact={"value": "+996 555 054321"})
    MessageAgreement.objects.update(about_deadlines=False)
    planned = plan_appointment(agreed, TODAY + DAY)
    plan(now=NOW)
    clients.change_appointment(appointment=planned, version=1, people=[mate.client], by=agreed.recorded_by, now=NOW)

    run(NOW)

    assert {it.client_id: (it.state, it.why) for it in to_client()} == {
        agreed.client_id: ("stopped", "settled"),
        mate.client_id: ("sent", ""),
    }


def test_a_day_centre_learns_for_whom_by_the_code_word(outgoing: Path) -> None:
    agreement = make_willing(
        contact={"channel": "email", "value": "day-centre@example.org", "code_word": "ромашка"},
        with_code_word=True,
        passed_on=True,
    )
    make_deadline(client=agreement.client, due_on=TODAY + 7 * DAY)

    run(NOW)

    [to_centre] = [it for it in mail.outbox if it.to == ["day-centre@example.org"]]
    assert to_centre.body == "Передайте, пожалуйста (ромашка): Пожалуйста, свяжитесь с нами.\n"


def test_a_code_word_that_gives_something_away_is_not_sent(outgoing: Path) -> None:
    agreement = make_willing(contact={"code_word": "Убежище"}, with_code_word=True)
    make_deadline(client=agreement.client, due_on=TODAY + 7 * DAY)

    run(NOW)

    assert fates() == [("needs_person", "says_too_much")]
    assert texts(outgoing) == []


def test_a_letter_waits_for_somebody_to_hand_it_over(agreed: MessageAgreement) -> None:
    in_person = make_contact(agreed.client, channel="in_person", value="")
    MessageAgreement.objects.update(contact=in_person)
    run(NOW)
    letter = to_client().get()
    assert (letter.state, letter.why, letter.channel) == ("needs_person", "to_hand_over", "letter")

    actions.hand_over_letter(reminder=letter, by=agreed.recorded_by, now=NOW)
    actions.hand_over_letter(reminder=letter, by=agreed.recorded_by, now=NOW)

    assert fates() == [("sent", "")]
    assert Event.objects.filter(type="reminders.letter_handed_over").count() == 1


@pytest.mark.parametrize("answer", ["STOP", " стоп! ", "Токтотуу", "ТОҚТАТУ", "зогсоо", "Зупинити."])
def test_after_stop_nothing_goes_and_the_caseworker_is_told(
    agreed: MessageAgreement, outgoing: Path, answer: str
) -> None:
    plan(now=NOW)

    concerned = actions.take_answer(sender=NUMBER, text=answer, now=NOW)
    for days in range(9):
        run(NOW + days * DAY)

    assert concerned == 1
    assert fates() == [("stopped", "stopped")]
    assert texts(outgoing) == []
    assert Reminder.objects.filter(subject__startswith="client_stopped:", recipient=agreed.recorded_by).count() == 1
    assert MessageAgreement.objects.get().stopped_why == "answered"


@pytest.mark.parametrize("chat", ["123456789", "1234567890", "12345"])
def test_stop_comes_from_a_telegram_chat_too(chat: str) -> None:
    agreement = make_willing(contact={"channel": "telegram", "value": chat})
    make_willing(contact={"value": f"+996{chat}" if len(chat) == 9 else NUMBER})

    assert actions.take_answer(sender=chat, text="STOP", now=NOW) == 1

    assert list(MessageAgreement.objects.filter(stopped_why="answered")) == [agreement]


def test_an_answer_from_another_number_stops_nothing(agreed: MessageAgreement) -> None:
    assert actions.take_answer(sender="+996 555 999999", text="STOP", now=NOW) == 0
    assert MessageAgreement.objects.get().stopped_at is None


def test_another_answer_is_told_and_not_kept(agreed: MessageAgreement) -> None:
    actions.take_answer(sender=NUMBER, text="Приду в пятницу", now=NOW)

    assert MessageAgreement.objects.get().stopped_at is None
    assert Reminder.objects.filter(subject__startswith="client_answered:").count() == 1
    assert "пятницу" not in str(list(Event.objects.values_list("data", flat=True)))


def test_after_a_wrong_number_it_goes_on_only_when_somebody_checked_it_again(agreed: MessageAgreement) -> None:
    actions.take_answer(sender=NUMBER, text="Вы ошиблись номером", now=NOW + DAY)
    again: dict[str, Any] = {"contact": agreed.contact, "about_deadlines": True, "agreed_on": TODAY + DAY}
    agreement = MessageAgreement.objects.get()

    with pytest.raises(Refusal, match="somebody else's"):
        actions.change_agreement(
            agreement=agreement, version=agreement.version, by=agreed.recorded_by, now=NOW + DAY, **again
        )
    Contact.objects.update(verified_on=TODAY + DAY)
    again["contact"] = Contact.objects.get()
    actions.change_agreement(
        agreement=agreement, version=agreement.version, by=agreed.recorded_by, now=NOW + DAY, **again
    )

    assert MessageAgreement.objects.get().stopped_at is None


def test_a_number_that_was_corrected_is_not_written_to_before_somebody_checked_it(
    agreed: MessageAgreement, outgoing: Path
) -> None:
    contact = Contact.objects.get()
    known: dict[str, Any] = {"by": agreed.recorded_by, "now": NOW}
    plan(now=NOW)

    contact = clients.change_contact(
        contact=contact, version=contact.version, value="+996 555 054321", verified_on=contact.verified_on, **known
    )
    send.deliver_due(clock=lambda: NOW)
    assert fates() == [("stopped", "unverified")]

    clients.change_contact(contact=contact, version=contact.version, verified_on=TODAY, **known)
    run(NOW)
    assert fates() == [("sent", "")]


def test_nobody_agrees_by_a_way_that_nobody_checked() -> None:
    with pytest.raises(Refusal, match="Nobody has checked"):
        make_willing(contact={"verified_on": None})


def test_a_name_on_telegram_is_refused_when_it_is_recorded() -> None:
    with pytest.raises(Refusal, match="number of the chat"):
        make_willing(contact={"channel": "telegram", "value": "@somebody"})


def test_what_cannot_be_delivered_is_told_to_the_caseworker(agreed: MessageAgreement, settings: LazySettings) -> None:
    settings.PRODUCTION = True  # and no gateway is set up
    plan(now=NOW)
    Reminder.objects.filter(recipient__isnull=False).delete()

    send.deliver_due(clock=lambda: NOW, limit=1)

    assert fates() == [("needs_person", "delivery_failed")]
    assert Event.objects.filter(type="reminders.client_message_unreached").count() == 1
    assert Reminder.objects.filter(subject__startswith="unreached:", recipient=agreed.recorded_by).count() == 1


def test_a_closed_case_is_not_written_to(agreed: MessageAgreement) -> None:
    Case.objects.update(status="closed", closed_at=NOW, closing_reason="left")

    assert plan(now=NOW).queued == 0


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"about_deadlines": False, "about_appointments": False}, "agreement_is_about_something"),
        ({"leads": []}, "agreement_names_its_days"),
        ({"leads": [31]}, "agreement_names_its_days"),
        ({"passed_on": True}, "agreement_passed_on_by_the_code_word"),
        ({"stopped_at": NOW}, "agreement_stopped_says_why"),
        ({"stopped_why": "asked"}, "agreement_stopped_says_why"),
    ],
)
def test_what_no_agreement_may_be_the_database_refuses(
    agreed: MessageAgreement, wrong: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MessageAgreement.objects.update(**wrong)
