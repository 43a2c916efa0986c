"""What stands on the form in the language in force; and the same as a PDF."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.accounts.models import Organisation
from casework.clients.consent_forms import LATEST
from casework.reports.pdf import Paper
from casework.reports.table import About

from . import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    title: str
    meaning: str
    names_somebody: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPaper:
    """`notice`: headings with their lines; an empty line is room to write. `blanks` are filled in by hand."""

    title: str
    keep: str
    notice: Sequence[tuple[str, Sequence[str]]]
    form_title: str
    intro: str
    questions: Sequence[Question]
    yes: str
    no: str
    whom: str
    never: str
    name: str
    full_name: str
    read: str
    blanks: Sequence[str]
    foot: str


def paper_of(
    organisation: Organisation, language: str, *, reference: str = "", full_name: str = "", number: int | None = None
) -> ConsentPaper:
    """Return the form. Call it with `language` in force. number: of the event of this print."""
    who = [line for line in (organisation.name, *organisation.address.splitlines()) if line.strip()]
    contact = [line for line in organisation.data_contact.splitlines() if line.strip()]
    foot = [_(wording.FORM) % {"version": f"{LATEST} {language}"}]
    if reference:
        foot.append(f"{_(wording.REFERENCE)}: {reference}")
    if number is not None:
        foot.append(_(wording.PRINT) % {"number": number})
    return ConsentPaper(
        title=_(wording.TITLE),
        keep=_(wording.KEEP),
        notice=[
            (_(wording.WHO), who or [""]),
            *((_(heading), [_(line) for line in lines]) for heading, lines in wording.NOTICE),
            (_(wording.CONTACT), contact or [""]),
        ],
        form_title=_(wording.FORM_TITLE),
        intro=_(wording.INTRO),
        questions=[
            Question(title=_(it.title), meaning=_(it.meaning), names_somebody=it.names_somebody)
            for it in wording.ASKED.values()
        ],
        yes=_(wording.YES),
        no=_(wording.NO),
        whom=_(wording.WHOM),
        never=_(wording.NEVER),
        name=_(wording.NAME),
        full_name=full_name,
        read=_(wording.READ),
        blanks=[
            _(wording.DAY),
            _(wording.SIGNATURE),
            _(wording.GUARDIAN) % {"age": organisation.age_of_consent},
            _(wording.READ_BY),
            _(wording.WITNESS),
        ],
        foot=" · ".join(foot),
    )


def pdf_of(paper: ConsentPaper, language: str, at: dt.datetime) -> bytes:
    """Return two pages in big black letters: the notice, which they keep, and the form, which is signed."""
    written = Paper(About(title=paper.form_title, language=language, at=at), size=10.5)
    written.title(paper.title)
    written.line(paper.keep, grey=True)
    for heading, lines in paper.notice:
        written.line(heading, bold=True, after=0.2)
        for line in lines:
            if line:
                written.line(line, after=0.6)
            else:
                written.room()
        written.gap()
    written.new_page()
    written.title(paper.form_title)
    written.line(paper.intro)
    for question in paper.questions:
        written.line(question.title, bold=True, after=0)
        written.line(question.meaning, after=0.6)
        written.boxes([paper.yes, paper.no], room_for=paper.whom if question.names_somebody else "")
    written.room(paper.never)
    written.line(paper.read, bold=True)
    if paper.full_name:
        written.line(f"{paper.name}: {paper.full_name}")
    else:
        written.room(paper.name)
    for blank in paper.blanks:
        written.room(blank)
    written.line(paper.foot, grey=True)
    return written.finish()
