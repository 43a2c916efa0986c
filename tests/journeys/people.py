"""Whom the journeys are about, all of them invented, and what is typed of them."""

from datetime import date, timedelta

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from tests.browser import Visitor
from tests.factories.accounts import PASSWORD, make_team, make_user


def almaty() -> Team:
    return make_team(name="Almaty", country="KZ", time_zone="Asia/Almaty")


def worker_of(team: Team, *, language: str = "en") -> User:
    return make_user(Role.CASEWORKER, team=team, name="Test Worker", language=language)


def signed_in(visitor: Visitor, user: User) -> Visitor:
    return visitor.sign_in(user.email, PASSWORD)


def days_ago(number: int, today: date) -> date:
    return today - timedelta(days=number)


def type_day(visitor: Visitor, name: str, day: date) -> None:
    visitor.fill(**{f"{name}_day": str(day.day), f"{name}_month": f"{day:%B}", f"{name}_year": str(day.year)})


def type_case(visitor: Visitor, *, entered: date, born: date = date(1990, 5, 17)) -> None:
    """Fill in the form of a new case: a man from Russia who came to Kazakhstan."""
    visitor.fill(family_name="Придуманов", given_name="Евгений", document_number="70 1234567")
    type_day(visitor, "birth", born)
    page = visitor.page
    page.select_option("#id_nationalities_1", "RU")
    page.select_option("[name=country]", "KZ")
    page.check("[name=entered_known][value=exact]")
    type_day(visitor, "entered_exact", entered)
    page.select_option("[name=document_kind]", "international_passport")
