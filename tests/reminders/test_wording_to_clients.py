"""What a message to a person may say: in six languages, on one SMS, and nothing that gives them away."""

from datetime import date, time

import polib
import pytest

from casework.lib.countries import country_name
from casework.reminders.discreet import LANGUAGES, STEMS, revealing
from casework.reminders.wording import CLIENT_LANGUAGES, TO_CLIENTS, client_message
from tests.guards.source import ROOT

ONE_SMS = 70  # letters that are not Latin
DAYS = [date(2026, month, 27) for month in range(1, 13)]


@pytest.mark.parametrize("language", [each for each in CLIENT_LANGUAGES if each != "en"])
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    known = {
        entry.msgid: entry.msgstr for entry in polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))
    }

    assert [text for text in TO_CLIENTS if not known.get(text)] == []


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_no_message_in_any_language_holds_a_word_that_gives_something_away(language: str) -> None:
    said = [
        client_message(
            language=language, is_urgent=is_urgent, code=code, passed_on=passed_on, when=when, may_answer=True
        )
        for is_urgent in (False, True)
        for code, passed_on in (("", False), ("ромашка", False), ("ромашка", True))
        for when in (None, *((day, time(10, 30)) for day in DAYS))
    ]

    assert {revealing(f"{it.subject} {it.text}") for it in said} == {""}


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_a_usual_message_is_one_sms(language: str) -> None:
    for is_urgent in (False, True):
        text = client_message(language=language, is_urgent=is_urgent, code="ромашка", may_answer=True).text.strip()
        assert len(text) <= ONE_SMS, text


@pytest.mark.parametrize(
    "text",
    [
        *("Your visa expires.", "Call your LAWYER", "the asylum office", "Ваше убежище", "депортации", "Срок истекает"),
        *(
            "Ваш юрист ждёт",
            "біженцям",
            "качкындар",
            "босқындарға",
            "дүрвэгсэд",
            "www.example.org",
            "Россию",
            "Kyrgyzstan",
        ),
        *("Қазақстанда", "в Монголии", "Украине"),
    ],
)
def test_the_list_finds_words_with_every_ending_and_in_every_language(text: str) -> None:
    assert revealing(text)


def test_every_usual_country_is_on_the_list_in_every_language() -> None:
    for language in LANGUAGES:
        for code in ("RU", "UA", "BY", "KZ", "KG", "MN", "GE", "AM", "TR"):
            assert revealing(country_name(code, language)), (language, code)


def test_names_of_ours_are_found_too() -> None:
    assert revealing("Придуманный фонд помощи", names=()) != ""
    assert revealing("Greetings from Lighthouse", names=("Lighthouse",)) == "Lighthouse"


def test_there_is_a_list_for_each_language() -> None:
    assert set(STEMS) == set(CLIENT_LANGUAGES) == set(LANGUAGES)
    assert sum(len(each) for each in STEMS.values()) > 200
