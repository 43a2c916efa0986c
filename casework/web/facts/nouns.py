"""The facts that are recorded, changed and removed alike: one entry a noun."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.documents import actions as documents
from casework.documents.models import Document
from casework.documents.numbers import doubt_about
from casework.residency import actions as residency
from casework.residency.models import Application, Permit, Registration, Stay
from casework.vault.sealed import Sealed
from casework.web.machine_lines import DOCUMENT, Target

from . import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """How pages deal with one kind of fact. Verbs are the actions of its package."""

    model: type[Sealed]
    form: type[forms.FactForm]
    record: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]
    title_add: str | Promise
    title_change: str | Promise
    title_remove: str | Promise
    remove_label: str | Promise
    saved: str | Promise
    # What of it can be read from the machine-readable lines of a document.
    lines: Target | None = None
    # What is odd about it, to be said when it has been saved; "" if nothing is.
    doubt: Callable[[Any], str] | None = None


NOUNS: dict[str, Noun] = {
    "stay": Noun(
        model=Stay,
        form=forms.StayForm,
        record=residency.record_stay,
        change=residency.change_stay,
        remove=residency.remove_stay,
        title_add=_("Record a stay"),
        title_change=_("Change a stay"),
        title_remove=_("Remove this stay?"),
        remove_label=_("Remove this stay"),
        saved=_("The stay is saved. The deadlines below are computed from it."),
    ),
    "document": Noun(
        model=Document,
        form=forms.DocumentForm,
        record=documents.record_document,
        change=documents.change_document,
        remove=documents.remove_document,
        title_add=_("Record a document"),
        title_change=_("Change a document"),
        title_remove=_("Remove this document?"),
        remove_label=_("Remove this document"),
        saved=_("The document is saved."),
        lines=DOCUMENT,
        doubt=doubt_about,
    ),
    "permit": Noun(
        model=Permit,
        form=forms.PermitForm,
        record=residency.record_permit,
        change=residency.change_permit,
        remove=residency.remove_permit,
        title_add=_("Record a permit"),
        title_change=_("Change a permit"),
        title_remove=_("Remove this permit?"),
        remove_label=_("Remove this permit"),
        saved=_("The permit is saved. The deadlines below are computed from it."),
    ),
    "registration": Noun(
        model=Registration,
        form=forms.RegistrationForm,
        record=residency.record_registration,
        change=residency.change_registration,
        remove=residency.remove_registration,
        title_add=_("Record a registration"),
        title_change=_("Change a registration"),
        title_remove=_("Remove this registration?"),
        remove_label=_("Remove this registration"),
        saved=_("The registration is saved. The deadlines below are computed from it."),
    ),
    "application": Noun(
        model=Application,
        form=forms.ApplicationForm,
        record=residency.record_application,
        change=residency.change_application,
        remove=residency.remove_application,
        title_add=_("Record an application"),
        title_change=_("Change an application"),
        title_remove=_("Remove this application?"),
        remove_label=_("Remove this application"),
        saved=_("The application is saved. The deadlines below are computed from it."),
    ),
}
