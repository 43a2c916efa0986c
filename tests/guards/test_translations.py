"""The catalogue that is shipped: complete, compiled from what can be read, its placeholders those of the source."""

import re
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
