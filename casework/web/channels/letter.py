"""A message as a sheet of paper that somebody hands over: as neutral as any other, and with nobody's name."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.reminders.wording import Wording
from casework.reports.pdf import Paper
from casework.reports.table import About
from casework.web.sheet import wording as sheet


def letter_pdf(wording: Wording, *, language: str, number: int) -> bytes:
    """Return the sheet in big letters. `number` of its event: whoever finds it learns nothing from that, the auditor who made it."""
    with translation.override(language):
        print_mark = _(sheet.PRINT) % {"number": number}
    about = About(title=wording.subject, language=language, at=timezone.localtime(), page="%(number)s / %(total)s")
    paper = Paper(about, size=14)
    paper.title(wording.subject)
    for line in wording.text.splitlines():
        if line.strip():
            paper.line(line.strip(), after=3)
    paper.line(print_mark, size=9, grey=True)
    return paper.finish()
