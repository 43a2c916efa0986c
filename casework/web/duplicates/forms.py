"""What is read of a form while it is typed, and the forms of those who compare."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients import lookup as contacts
from casework.clients.models import SuspectedPair
from casework.documents import lookup as documents
from casework.lib.dates import Birth
from casework.lib.likeness import Details, Reason
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import BirthField
from casework.web.forms.layouts import fields_only, stacked

# Shorter ones are shared by many.
SHORTEST_NUMBER = 5
BY_NAME = [reason.value for reason in Reason if reason not in (Reason.SAME_DOCUMENT, Reason.SAME_CONTACT)]


class TypedPersonForm(forms.Form):
    """A person as far as they have been typed, in the fields of whichever form they stand in. Nothing here is refused."""

    family_name = forms.CharField(max_length=120, required=False)
    given_name = forms.CharField(max_length=120, required=False)
    patronymic = forms.CharField(max_length=120, required=False)
    other_names = forms.CharField(max_length=400, required=False)
    birth = BirthField(required=False)
    sex = forms.CharField(max_length=10, required=False)
    document_number = forms.CharField(max_length=60, required=False)
    document_country = forms.CharField(max_length=3, required=False)
    reach = forms.CharField(max_length=160, required=False)

    def details(self, regions: Iterable[str]) -> Details:
        """Return what can be compared; what cannot be read is left out. `regions` read numbers without a country code."""
        self.full_clean()
        typed = self.cleaned_data.get
        number, reach = typed("document_number") or "", typed("reach") or ""
        hashes = documents.hashes_to_find(number) if _is_long_enough(number) else []
        reached = {it for region in regions for it in contacts.hashes_to_find(reach, region)}
        return Details(
            family_name=typed("family_name") or "",
            given_name=typed("given_name") or "",
            patronymic=typed("patronymic") or "",
            other_names=tuple((typed("other_names") or "").splitlines()),
            birth=typed("birth") or Birth(),
            sex=typed("sex") or "",
            documents=frozenset((it, typed("document_country") or "") for it in hashes),
            contacts=frozenset(reached if _is_long_enough(reach) else ()),
        )


def is_enough(person: Details) -> bool:
    """Whether what was typed can mean somebody: two names, a name and a birth year, or a number."""
    names = sum(bool(it.strip()) for it in (person.family_name, person.given_name, person.patronymic))
    return bool(names > 1 or (names and person.birth.year) or person.documents or person.contacts)


class PairFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", _("not decided")),
            ("decided", _("decided")),
            ("any", _("decided or not")),
        ],
        required=False,
    )
    found_by = forms.ChoiceField(
        label=_("Found by"),
        choices=[
            ("", _("anything")),
            ("name", _("name")),
            ("document", _("document number")),
            ("contact", _("phone, e-mail or other contact")),
        ],
        required=False,
    )

    helper = fields_only()

    def codes(self) -> list[str]:
        """Return the codes that are asked for, none for all."""
        codes: dict[str, list[str]] = {
            "name": BY_NAME,
            "document": [Reason.SAME_DOCUMENT.value],
            "contact": [Reason.SAME_CONTACT.value],
        }
        return codes.get(self.cleaned_data.get("found_by") or "", [])


class DecidePairForm(RowForm):
    state = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[it for it in SuspectedPair.State.choices if it[0] != SuspectedPair.State.OPEN],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("What agrees, what differs, whom you asked."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = stacked(_("Save this decision"))

    @staticmethod
    def initial_of(row: SuspectedPair) -> dict[str, Any]:
        return {
            "version": row.version,
            "state": "" if row.is_open else row.state,
            "reason": row.reason,
        }


def _is_long_enough(number: str) -> bool:
    return sum(sign.isalnum() for sign in number) >= SHORTEST_NUMBER
