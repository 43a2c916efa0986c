"""Questions that are put into words once: what is asked next time is asked anew, and nothing is kept from whoever asked first."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F, Value
from django.utils import timezone, translation
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.accounts.prepared import Prepared, WouldBeKept
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
NUMBERS = count(1)


def signed_in(user: UUID, now: datetime) -> Any:
    """Whether somebody signed in within a week before that moment, and on the day before it or on it."""
    return User.objects.filter(
        pk=user, last_login__gt=now - timedelta(days=7), last_login__date__gte=now.date() - timedelta(days=1)
    ).values_list("pk")


def signed_in_at(moment: datetime) -> User:
    user = make_user()
    User.objects.filter(pk=user.pk).update(last_login=moment)
    return user


def test_values_and_what_follows_from_them_are_put_in_anew() -> None:
    early, late = signed_in_at(MOMENT), signed_in_at(MOMENT + timedelta(days=20))
    question = Prepared(signed_in, user=UUID, now=datetime)

    found = {
        (user.pk, days)
        for user in (early, late)
        for days in (0, 1, 2, 20, 21, 40)
        if question.ask(user=user.pk, now=MOMENT + timedelta(days=days))
    }

    assert found == {(early.pk, 0), (early.pk, 1), (late.pk, 20), (late.pk, 21)} | {
        (late.pk, 0),
        (late.pk, 1),
        (late.pk, 2),
    }


def test_a_day_is_told_in_the_zone_of_whoever_asks() -> None:
    """Half past ten in the evening is the next day in Bishkek."""
    user = signed_in_at(MOMENT)
    question = Prepared(lambda day: User.objects.filter(last_login__date=day).values_list("pk"), day=date)

    found = {}
    for zone in ("UTC", "Asia/Bishkek", "America/Lima"):
        with timezone.override(ZoneInfo(zone)):
            found[zone] = [day for day in (9, 10) if question.ask(day=date(2026, 3, day)) == [(user.pk,)]]

    assert found == {"UTC": [9], "Asia/Bishkek": [10], "America/Lima": [9]}


def test_two_days_of_one_question_are_not_taken_for_each_other() -> None:
    user = signed_in_at(MOMENT)

    def between(first: date, last: date) -> Any:
        return User.objects.filter(last_login__date__range=(first, last)).values_list("pk")

    question = Prepared(between, first=date, last=date)
    assert question.ask(first=date(2026, 3, 1), last=date(2026, 3, 31)) == [(user.pk,)]
    assert question.ask(first=date(2026, 3, 31), last=date(2026, 3, 1)) == []
    assert question.ask(first=date(2026, 2, 1), last=date(2026, 3, 1)) == []


def in_a_language(now: datetime) -> Any:
    return User.objects.annotate(word=Value(gettext("Overdue"))).filter(last_login__lt=now).values_list("word")


def on_the_day_of_the_reader(now: datetime) -> Any:
    return User.objects.filter(last_login__date=timezone.localdate(now)).values_list("pk")


def at_the_end_of_a_month(now: datetime) -> Any:
    return User.objects.filter(last_login__lt=now.replace(day=28)).values_list("pk")


def counted(now: datetime) -> Any:
    return User.objects.filter(last_login__lt=now).annotate(number=Value(next(NUMBERS))).values_list("number")


def longer_each_time(now: datetime) -> Any:
    return User.objects.filter(last_login__lt=now, pk__in=[UUID(int=it) for it in range(next(NUMBERS))]).values_list(
        "pk"
    )


def of_what_is_there(now: datetime) -> Any:
    return User.objects.filter(last_login__lt=now, pk__in=list(User.objects.values_list("pk", flat=True))).values_list(
        "pk"
    )


@pytest.mark.parametrize(
    "rows",
    [in_a_language, on_the_day_of_the_reader, at_the_end_of_a_month, counted, longer_each_time, of_what_is_there],
)
def test_what_would_be_kept_from_whoever_asks_first_is_refused(rows: Callable[..., Any]) -> None:
    with pytest.raises(WouldBeKept):
        Prepared(rows, now=datetime).ask(now=MOMENT)


def test_a_lookup_of_the_same_words_asks_for_both_values() -> None:
    """A value that stands there twice is put in twice."""
    user = signed_in_at(MOMENT)
    question = Prepared(
        lambda now: User.objects.filter(last_login__lte=now, last_login__gte=now).values_list("pk"), now=datetime
    )

    assert question.ask(now=MOMENT) == [(user.pk,)]
    assert question.ask(now=MOMENT + timedelta(seconds=1)) == []


def test_rows_are_of_the_kinds_of_their_columns() -> None:
    user = signed_in_at(MOMENT)
    question = Prepared(
        lambda user: User.objects.filter(pk=user).annotate(at=F("last_login")).values_list("pk", "at"), user=UUID
    )

    with translation.override("ru"):
        assert question.ask(user=user.pk) == [(user.pk, MOMENT)]
