"""One question about one person and other countries: loaded once, asked of the engine, filtered."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.lib.countries import country_name
from casework.residency.because import place_name
from casework.residency.facts import load_facts
from casework.residency.rulebook import load_book
from casework.residency.rules.choices import DOCUMENT_KINDS
from casework.residency.rules.facts import Document, Facts
from casework.residency.rules.keep import TRAVEL_DOCUMENTS
from casework.residency.rules.known import known_rules
from casework.residency.rules.onward import Prospect, Standing, countries_on_record, onward
from casework.residency.rules.rulebook import RuleBook

from .sources import Rules

Choices = Sequence[tuple[str, str]]

ENTERABLE = frozenset({Standing.HERE, Standing.CLEAR, Standing.CONDITIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The facts of one person and the rules known now."""

    facts: Facts
    book: RuleBook
    now: dt.datetime

    @property
    def rules(self) -> Rules:
        return known_rules(self.book, self.now).by_id

    @property
    def countries(self) -> list[str]:
        return countries_on_record(self.book, self.now)

    @property
    def papers(self) -> list[Document]:
        return [each for each in self.facts.documents if each.kind in TRAVEL_DOCUMENTS and each.state == "held"]

    def paper_choices(self) -> Choices:
        return [(str(number), _document_name(paper)) for number, paper in enumerate(self.papers, start=1)]

    def zone_choices(self) -> Choices:
        """Return the zones that countries belong to and the groups of nationalities, each by its name."""
        zones = {zone for spans in known_rules(self.book, self.now).zones.values() for zone in spans}
        return sorted((code, place_name(code)) for code in zones | set(self.book.groups))

    def country_choices(self) -> Choices:
        language = get_language() or "en"
        names = [(code, country_name(code, language)) for code in self.countries]
        return sorted(names, key=lambda choice: choice[1].casefold())

    def ask(
        self,
        on: dt.date,
        *,
        paper: str = "",
        zone: str = "",
        countries: Collection[str] | None = None,
        enterable: bool = False,
    ) -> list[Prospect]:
        """Return what is recorded for that day, of the countries that the filters leave."""
        facts = self.facts
        if paper:
            others = {each.id for number, each in enumerate(self.papers, start=1) if str(number) != paper}
            facts = replace(facts, documents=tuple(each for each in facts.documents if each.id not in others))
        found = onward(facts, self.book, on, self.now, countries=countries)
        if zone:
            members = self.book.groups.get(zone, frozenset())
            found = [each for each in found if zone in each.zones or each.country in members]
        return [each for each in found if each.standing in ENTERABLE] if enterable else found


def question_about(client: Any, now: dt.datetime) -> Question:
    """Load one question: the facts in one query, the rules in one unless they have changed."""
    return Question(facts=load_facts([client.pk])[client.pk], book=load_book(), now=now)


def _document_name(document: Document) -> str:
    kind = _(DOCUMENT_KINDS.get(document.kind, document.kind))
    return f"{kind} ({country_name(document.country, get_language() or 'en')})"
