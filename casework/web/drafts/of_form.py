"""The draft of the form on a page: is there one, go on with it, and forget it once the form is sent."""

from collections.abc import Iterator
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import BaseFormSet, Form
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.drafts import Pairs, Seen, end_draft
from casework.accounts.models import Draft
from casework.lib.ids import new_id
from casework.vault.sealed import Sealed
from casework.web.cases.forms.rows import RowForm
from casework.web.machine_lines import keep_typed
from casework.web.request import UserRequest
from casework.web.templatetags.days import instant

from .kinds import NEW, kind_of

PAGE, SEEN, SEQUENCE, REPLACE = "draft_page", "draft_seen", "draft_sequence", "draft_replace"
# The lines of a document are stored nowhere; what was read from them stands in the fields anyway.
NEVER_KEPT = {"csrfmiddlewaretoken", "machine_lines", "machine_filled", "read_lines", PAGE, SEEN, SEQUENCE, REPLACE}
# A form that is refused again and again remembers so many of its earlier pages.
PAGES_REMEMBERED = 6


class FormDraft:
    """The draft of one form: `restore` what was typed, say `sent` once it is; the template shows the rest.

    `about` is what the form is about, loaded by the page as something that this user may change; None for something new.
    A page that knows when the draft was saved, from a query of its own, says so with `asked` and `saved_at`.
    """

    def __init__(
        self,
        request: UserRequest,
        form: str,
        about: Sealed | None,
        now: datetime,
        *,
        asked: bool = False,
        saved_at: datetime | None = None,
    ) -> None:
        self.request, self.form, self.about, self.now = request, form, about, now
        kind = kind_of(form)
        ref = NEW if about is None else str(getattr(about, kind.ref))
        self.address = kind.address(ref)
        self.save_url = reverse("save_draft", args=[form, ref])
        self.discard_url = reverse("discard_draft", args=[form, ref])
        self.page = new_id()
        self.saved: Draft | None = None
        self.saved_at = saved_at
        self.seen = ""
        if request.method == "POST":
            self.seen = ",".join(_earlier_pages(request.POST)[:PAGES_REMEMBERED])
        elif not asked:
            self.saved = self._rows().kept(now).first()
            self.saved_at = self.saved.saved_at if self.saved else None
            if self.is_resumed and self.saved is not None:
                self.seen = f"{self.saved.page}.{self.saved.sequence}"

    @property
    def is_resumed(self) -> bool:
        """Whether the reader chose to go on with what is there."""
        return self.saved is not None and "draft" in self.request.GET

    @property
    def saved_when(self) -> str:
        return "" if self.saved_at is None else in_words(self.saved_at, self.now)

    @property
    def resume_url(self) -> str:
        return f"{self.address}{'&' if '?' in self.address else '?'}draft"

    def restore(self, *forms: "Form | BaseFormSet[Any]") -> None:
        """Let forms that are shown for the first time show what the draft holds, if the reader goes on with it."""
        if not self.is_resumed or self.saved is None:
            return
        typed = typed_in(self.saved)
        for form in forms:
            for each in form if isinstance(form, BaseFormSet) else [form]:
                if any(name.startswith(f"{each.prefix}-") for name in typed) or not each.prefix:
                    keep_typed(each, typed)

    def sent(self) -> None:
        """Forget the draft: the form was sent with success."""
        posted = self.request.POST
        if (page := _uuid(posted.get(PAGE, ""))) is None:
            return
        about = None if self.about is None else self.about.pk
        seen = read_seen(posted.get(SEEN, ""))
        end_draft(form=self.form, about=about, page=page, seen=seen, by=self.request.user, now=self.now)

    def _rows(self) -> Any:
        about = None if self.about is None else self.about.pk
        return Draft.objects.filter(user=self.request.user, form=self.form, about=about)


def keep_draft(request: UserRequest, name: str, about: Sealed | None, now: datetime, form: RowForm) -> FormDraft:
    """Keep a draft of a form: the page shows it, and what acts on the form (`is_done`) forgets it."""
    draft = FormDraft(request, name, about, now)
    draft.restore(form)
    if not form.helper.form_id:
        form.helper = copy(form.helper)
        form.helper.form_id = name.replace("_", "-")
    form.draft = draft
    return draft


def content_of(posted: QueryDict) -> Pairs:
    """Return what of a form goes into its draft."""
    return [(name, value) for name, values in posted.lists() if name not in NEVER_KEPT for value in values]


def typed_in(draft: Draft) -> QueryDict:
    """Return what a draft holds, as if the form had been sent."""
    typed = QueryDict(mutable=True)
    for name, value in draft.content or ():
        typed.appendlist(name, value)
    return typed


def read_seen(text: str) -> list[Seen]:
    """Return what a page says that it has seen; what cannot be read was not seen."""
    return list(_read_seen(text))


def _read_seen(text: str) -> Iterator[Seen]:
    for part in text.split(",")[: PAGES_REMEMBERED + 1]:
        page, _dot, number = part.partition(".")
        if (known := _uuid(page)) is not None and (number.isdecimal() or not number):
            yield Seen(page=known, sequence=int(number) if number else None)


def _earlier_pages(posted: QueryDict) -> list[str]:
    """Return the page that was sent and those before it: a form that is refused goes on with their draft."""
    page = _uuid(posted.get(PAGE, ""))
    if page is None:
        return []
    before = (
        f"{it.page}" + ("" if it.sequence is None else f".{it.sequence}") for it in read_seen(posted.get(SEEN, ""))
    )
    return [str(page), *before]


def in_words(at: datetime, now: datetime) -> str:
    """Return the hour of today, or the day and the hour."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localtime(now).date() else instant(at)


def said_saved(at: datetime, now: datetime) -> str:
    return _("Saved %(when)s") % {"when": in_words(at, now)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
