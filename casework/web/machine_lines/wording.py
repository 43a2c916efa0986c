"""What is said about machine-readable lines, in the reader's language."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.documents.mrz import Problem
from casework.lib import day_words, months
from casework.web.filters import in_words_of_field


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence. `weight` as in `Problem`, or "compare" for a value that was filled in."""

    text: str
    weight: str


def compare() -> Note:
    return Note(_("Read from the document. Please compare."), "compare")


def note_of(problem: Problem) -> Note:
    """Return what a problem says, in the language of the page."""
    params: dict[str, Any] = dict(problem.params)
    language = get_language() or "en"
    if "day" in params:
        params["day"] = day_words.in_words(date.fromisoformat(str(params["day"])), language)
    if "month" in params:
        params["month"] = months.month_name(int(params["month"]), language, alone=True)
    return Note(_(problem.message) % params, problem.weight)


def kept(bound: Any, value: Any) -> Note:
    """Say that something else was typed than the lines say."""
    says = in_words_of_field(bound, value)
    return Note(_("The document says “%(value)s”. What stood here was kept: compare.") % {"value": says}, "differs")


def beside(help_text: Any, notes: list[Note]) -> SafeString:
    """Return the help of a field with what there is to say about its value, most important first."""
    said = format_html_join(
        "", '<span class="read-note read-{}">{}</span>', ((note.weight, note.text) for note in notes)
    )
    return format_html("{}{}", said, help_text)
