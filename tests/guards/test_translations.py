"""The catalogue that is shipped: complete, compiled from what can be read, its placeholders those of the source."""

import re
from collections import defaultdict
from gettext import c2py
from pathlib import Path

import polib
import pytest
from django.conf import settings

from .source import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")


def ids(path: Path) -> str:
    return path.parts[-3]


def entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_language_of_the_interface_has_a_catalogue_with_every_text() -> None:
    spoken = {code for code, _name in settings.LANGUAGES} - {"en"}
    written = {
        ids(path): {(it.msgctxt, it.msgid) for it in entries(path)} for path in CATALOGUES if ids(path) in spoken
    }

    assert {"ru", "ky"} <= spoken
    every = set.union(*written.values())
    assert {language: every - texts for language, texts in written.items()} == {language: set() for language in spoken}


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_nothing_is_left_untranslated(path: Path) -> None:
    assert [entry.msgid for entry in entries(path) if not all(texts(entry)) or entry.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_placeholders_are_those_of_the_source(path: Path) -> None:
    wrong = [
        entry.msgid
        for entry in entries(path)
        for text in texts(entry)
        if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
    ]

    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_what_is_a_sentence_in_the_source_ends_as_one(path: Path) -> None:
    """Also where a day ends it: days have no point of their own. "No." is short for "number"."""
    open_ended = [
        text
        for entry in entries(path)
        for text in texts(entry)
        if entry.msgid.endswith(".") and entry.msgid != "No." and not text.endswith((".", "!", "?", "…"))
    ]

    assert open_ended == []


def numbers_of_forms(path: Path) -> dict[int, list[int]]:
    """Return which of the first numbers each form of a plural is for, by the rule of the catalogue."""
    rule = re.search(r"plural=(.+?);?$", polib.pofile(str(path)).metadata["Plural-Forms"])
    assert rule
    form_of = c2py(rule[1])
    numbers = defaultdict(list)
    for number in range(200):
        numbers[form_of(number)].append(number)
    return dict(numbers)


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_every_number_has_its_form_and_no_form_is_too_many(path: Path) -> None:
    """A whole number never takes the form for fractions, which some tools write all the same."""
    forms = numbers_of_forms(path)
    at_most = int(polib.pofile(str(path)).metadata["Plural-Forms"].split(";")[0].split("=")[1])
    counted = [entry for entry in entries(path) if entry.msgid_plural]

    assert counted
    assert [it.msgid for it in counted if not set(forms) <= set(it.msgstr_plural) <= set(range(at_most))] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_each_form_has_the_placeholders_of_the_source(path: Path) -> None:
    """A form for one number alone may say it in a word instead; one for many numbers, such as 1, 21 and 31, may not."""
    forms = numbers_of_forms(path)
    wrong = []
    for entry in entries(path):
        asked = set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        for form, text in entry.msgstr_plural.items():
            found = set(PLACEHOLDER.findall(text))
            is_of_one = len(forms.get(form, [])) == 1
            if found - asked or (asked - found and not is_of_one):
                wrong.append(text)

    assert wrong == []


def test_the_rule_of_russian_knows_its_three_forms() -> None:
    forms = numbers_of_forms(ROOT / "locale/ru/LC_MESSAGES/django.po")

    assert [forms[form][:4] for form in (0, 1, 2)] == [[1, 21, 31, 41], [2, 3, 4, 22], [0, 5, 6, 7]]


@pytest.mark.parametrize("path", CATALOGUES, ids=ids)
def test_what_is_compiled_is_what_is_written(path: Path) -> None:
    compiled = {(it.msgctxt, it.msgid): texts(it) for it in polib.mofile(str(path.with_suffix(".mo")))}

    assert compiled == {(it.msgctxt, it.msgid): texts(it) for it in entries(path)}


def test_no_text_is_asked_for_both_alone_and_with_a_plural() -> None:
    """Of one with a plural, the word alone is not found and would stay English: one of the two gets a context."""
    counted = {
        entry.msgid
        for entry in entries(ROOT / "locale/ru/LC_MESSAGES/django.po")
        if entry.msgid_plural and not entry.msgctxt
    }
    alone = re.compile(r'(?<!n)(?:\b_|\bgettext(?:_lazy|_noop)?)\(\s*"([^"]+)"\s*,?\s*\)|{% translate "([^"]+)"')
    sources = [*(ROOT / "casework").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]

    found = {
        path.name: {one or other for one, other in alone.findall(path.read_text("utf-8"))} & counted for path in sources
    }

    assert {name: both for name, both in found.items() if both} == {}


def test_texts_are_asked_for_under_names_that_are_extracted() -> None:
    """`makemessages` knows gettext, its kin and `_`: what is asked for under another name, or inside an f-string, gets into no catalogue."""
    renamed = re.compile(r"""import n?p?gettext\w* as (?!_$)\w+|{n?p?(?:_|gettext)\w*\('""", re.MULTILINE)

    found = {
        str(path.relative_to(ROOT)): renamed.findall(path.read_text("utf-8"))
        for path in (ROOT / "casework").rglob("*.py")
    }

    assert {path: names for path, names in found.items() if names} == {}
