"""What a guide is made of. In its texts, braces hold words that stand on a page: {My day}.

They are shown as the page shows them, in the language of the reader, so a guide cannot call a button by another name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext

from casework.accounts.roles import Role

ON_A_PAGE = re.compile(r"{([^{}]+)}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text; `is_on_a_page`: they are to be found on a page just like that."""

    text: str
    is_on_a_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    word: Promise
    meaning: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    problem: Promise
    advice: Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `page`: the name of the address to which its first words on a page lead."""

    text: Promise
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowTo:
    title: Promise
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """`home`: the name of the page on which somebody of these roles begins the day."""

    key: str
    roles: tuple[Role, ...]
    title: Promise
    home: str
    now: Promise
    how_to: tuple[HowTo, ...]
    troubles: tuple[Trouble, ...]


def pieces(text: Promise | str) -> Iterator[Piece]:
    """Take a translated text apart at its braces; what is in them is translated by itself."""
    for number, part in enumerate(ON_A_PAGE.split(str(text))):
        if number % 2:
            yield Piece(gettext(part), is_on_a_page=True)
        elif part:
            yield Piece(part)
