"""What is printed for people: every sentence of every paper in each of their languages."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polib
import pytest
from django.template.base import Node
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import override

from casework.clients.models import Referral
from casework.documents.models import Custody, Document
from casework.lib import months
from casework.residency.rules import choices, saying
from casework.residency.rules.kinds import DUTY_LABELS, Kind
from casework.residency.rules.wording import WARNINGS
from casework.web.deadlines import rules as rules_in_words
from casework.web.onward import risk, rows, sources, words
from casework.web.sheet.views import LANGUAGES
from tests.guards.source import ROOT

GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"}
# The kinds of rule that the sheet about other countries repeats in words.
SAID = (
    Kind.TRAVEL_DOCUMENT, Kind.VISA_REQUIRED, Kind.REGISTRATION_EXEMPTION, Kind.ENTRY_BAN, Kind.ENTRY_AUTHORISATION,
    Kind.RESIDENCE_PATHWAY, Kind.WORK_RIGHT, Kind.AREA_RESTRICTION, Kind.GRACE_PERIOD, Kind.ENTRY_REFUSAL_PRACTICE, Kind.NOTE,
)  # fmt: skip
# Warnings about addresses, plans and risk stand on pages of staff; those of a stay that begins on a day stand on the sheet.
NOT_ON_PAPER = {
    "owner_consent_missing",
    "area_closed",
    "return_risk",
    "return_risk_unknown",
    "document_would_be_refused",
}


def of_template(*names: str) -> Iterator[str]:
    for name in names:
        nodes: Any = get_template(name).template.nodelist  # type: ignore[attr-defined]  # the engine of Django has it
        yield from (
            _said(node) for kind in (TranslateNode, BlockTranslateNode) for node in nodes.get_nodes_by_type(kind)
        )


def _said(node: Node) -> str:
    if isinstance(node, BlockTranslateNode):
        return str(node.render_token_list(node.singular)[0])
    return str(node.filter_expression.var.literal)  # type: ignore[attr-defined]  # of a TranslateNode


def of_code(*parts: Any) -> Iterator[str]:
    """Return what functions or modules ask the catalogue for."""
    for part in parts:
        for node in ast.walk(ast.parse(inspect.getsource(part))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
                yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))


def labels(*fields: Any) -> Iterator[str]:
    with override(None):
        yield from (str(label) for field in fields for _value, label in field.flatchoices)


def field(model: Any, name: str) -> Any:
    return model._meta.get_field(name)


def of_onward() -> Iterator[str]:
    folder = "onward/"
    yield from of_template(*(f"{folder}{name}.html" for name in ("_sheet", "_line", "_risk_level")))
    modules: list[ModuleType] = [rows, sources, risk]
    yield from of_code(*modules, rules_in_words.valid_in_words)
    with override(None):
        for each in (words.SHORT, words.VERDICTS, words.UNUSUAL):
            yield from (str(text) for text in each.values())
    yield from of_code(saying.saying, saying._conditions, saying._purposes, *(saying._SAYINGS[kind] for kind in SAID))
    for name in (
        "DOCUMENT_KINDS",
        "PERMIT_KINDS",
        "PURPOSES",
        "ACTORS",
        "RISK_LEVELS",
        "RISK_PROFILES",
        "RISK_MECHANISMS",
        "NOTE_TOPICS",
    ):
        yield from getattr(choices, name).values()
    yield from DUTY_LABELS.values()
    yield from (text for code, text in WARNINGS.items() if code not in NOT_ON_PAPER)


def of_custody() -> Iterator[str]:
    yield from of_template("custody/_receipt.html")
    yield from labels(field(Document, "kind"), field(Custody, "holder"))


def of_referral() -> Iterator[str]:
    yield from of_template("referrals/_letter.html")
    yield from labels(field(Document, "kind"), field(Referral, "service"), field(Referral, "urgency"))


# The sheet of what to do, the consent form, the slip of an appointment, messages and the own copy have tests of their own beside their pages.
PAPERS = {
    "onward": of_onward,
    "custody": of_custody,
    "complaint": lambda: of_template("complaints/_receipt.html"),
    "referral": of_referral,
    "erasure": lambda: of_template("erasure/_confirmation.html"),
    "house": lambda: of_template("housing/_house_rules.html"),
}


def catalogue(language: str) -> dict[str, polib.POEntry]:
    return {it.msgid: it for it in polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))}


def missing(texts: Iterable[str], language: str) -> list[str]:
    """Return what the catalogue has no whole translation of."""
    known = catalogue(language)
    return [text for text in sorted(set(texts)) if not _is_whole(known.get(text))]


def _is_whole(entry: polib.POEntry | None) -> bool:
    if entry is None:
        return False
    return bool(all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("paper", PAPERS)
def test_every_sentence_of_a_paper_is_there_in_each_language(paper: str, language: str) -> None:
    texts = list(PAPERS[paper]())

    assert len(texts) >= 4
    assert missing(texts, language) == []


def test_what_is_asked_for_is_found_in_templates_and_code() -> None:
    onward = set(of_onward())

    assert {"Other countries: what is recorded", "Risk of return: %(level)s", "%(count)s day, until %(day)s"} <= onward
    assert {"a visa is needed", "work is allowed", "not legally reviewed", "draft evader"} <= onward


def test_the_page_about_translation_names_every_paper() -> None:
    text = (Path(ROOT) / "docs/translation.md").read_text("utf-8")
    table = text.split("## What people get", 1)[1].split("\n## ", 1)[0]

    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(lines) >= 11
    for name in (
        "sheet",
        "consent",
        "slip",
        "Receipt for an original",
        "complaint",
        "Where could",
        "Letter of a referral",
        "copy",
        "Messages",
        "Confirmation of an erasure",
        "Rules of a house",
    ):
        assert any(name in line for line in lines), name


@pytest.mark.parametrize("language", months.LANGUAGES)
@pytest.mark.parametrize("alone", [False, True])
def test_months_in_every_language_of_people_are_read_where_days_are_typed(language: str, alone: bool) -> None:
    assert set(months.LANGUAGES) == set(LANGUAGES)
    names = [months.month_name(month, language, alone=alone) for month in range(1, 13)]

    assert [months.parse_month(name) for name in names] == list(range(1, 13))
    assert date(2026, months.parse_month(names[2]) or 0, 1) == date(2026, 3, 1)
