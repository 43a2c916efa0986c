"""The forms of consent and safety."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from casework.clients.consent_forms import VERSIONS
from casework.clients.models import Client, Consent, NeverContact, Partner
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

NAMED = "named"


def _words(label: Any, *, help_text: Any = "", required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, max_length=1000, required=required, widget=area)


class ConsentForm(RowForm):
    """One answer to one question. Whom it is about is one choice: any, a sort, an entry of the directory, or words."""

    purpose = forms.ChoiceField(label=_("What were they asked?"), choices=Consent.Purpose, initial="partner")
    said = forms.ChoiceField(label=_("What did they answer?"), choices=Consent.Said, widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(
        label=_("About what?"),
        choices=Consent.Category,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what it is about.")},
    )
    recipient = forms.ChoiceField(
        label=_("Who is told?"),
        help_text=_("Only where somebody else is told. A refusal for “any of them” holds for each."),
        required=False,
    )
    recipient_name = forms.CharField(
        label=_("Who exactly, if they are not in the list"), max_length=160, required=False
    )
    recipient_country = CountryField(label=_("Whose authority is it?"), blank_label=_("no authority"), required=False)
    given_on = DayField(label=_("When did they say so?"))
    how = forms.ChoiceField(label=_("How?"), choices=Consent.How, widget=forms.RadioSelect, initial="signed")
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Only where they agreed before a witness."), max_length=160, required=False
    )
    given_by = forms.ChoiceField(
        label=_("Who answered?"),
        help_text=_("For a child, a guardian answers."),
        choices=Consent.GivenBy,
        initial="client",
    )
    guardian = forms.CharField(label=_("Name of the guardian"), max_length=160, required=False)
    language = forms.ChoiceField(
        label=_("In which language was it explained?"),
        choices=[("", _("not known")), *settings.CLIENT_LANGUAGES],
        required=False,
    )
    form_version = forms.ChoiceField(
        label=_("Which version of our form did they sign?"),
        help_text=_("It stands at the foot of the form."),
        choices=[("", _("no form of ours")), *((each, each) for each in reversed(VERSIONS))],
        required=False,
    )
    valid_until = DayField(
        label=_("Until when does it hold?"), help_text=_("Blank: until they take it back."), required=False
    )
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        help_text=_("Health, needs and notes need explicit consent."),
        choices=Consent.Basis,
        initial="explicit_consent",
    )
    reason = _words(_("Reason"), help_text=_("Needed where it holds against their word: to save a life, or by law."))
    remark = _words(_("Remark"))

    helper = stacked(_("Save this answer"))

    def __init__(self, *args: Any, partners: Sequence[Partner], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {str(each.pk): each for each in partners}
        fields: dict[str, Any] = self.fields
        fields["recipient"].choices = [
            ("", _("any of them")),
            *((f"sort:{key}", label) for key, label in Consent.Sort.choices),
            *((pk, str(each.name)) for pk, each in self.partners.items()),
            (NAMED, _("somebody else, named below")),
        ]
        fields["given_on"].max_day = today

    @staticmethod
    def initial_of(row: Consent) -> dict[str, Any]:
        """Return what the form shows of an answer."""
        names = [name for name in ConsentForm.base_fields if name not in ("id", "as_opened", "as_shown", "recipient")]
        chosen = str(row.recipient_id or "") or (f"sort:{row.recipient_sort}" if row.recipient_sort else "")
        return {name: getattr(row, name) for name in names} | {
            "recipient": chosen or (NAMED if row.recipient_name else "")
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, purpose = cleaned.get("recipient", ""), cleaned.get("purpose")
        partner = self.partners.get(chosen)
        is_authority = partner is not None and partner.kind == Partner.Kind.AUTHORITY
        if partner is not None and is_authority != (purpose == Consent.Purpose.AUTHORITY):
            wrong = _("This is an authority. Choose “an authority is told” above.")
            other = _("This is no such recipient. Choose “a partner is told” above.")
            if is_authority or purpose != Consent.Purpose.PARTNER:
                self.add_error("recipient", wrong if is_authority else other)
        elif chosen.startswith("sort:") and purpose != Consent.Purpose.PARTNER:
            self.add_error("recipient", _("This is no such recipient. Choose “a partner is told” above."))
        if partner is not None and is_authority and not cleaned.get("recipient_country"):
            cleaned["recipient_country"] = partner.country
        if chosen == NAMED and not cleaned.get("recipient_name", "").strip():
            self.add_error("recipient_name", _("Write down who is told."))
        return cleaned

    def values(self) -> dict[str, Any]:
        values = super().values()
        chosen = values.pop("recipient")
        if values["purpose"] != Consent.Purpose.AUTHORITY:
            values["recipient_country"] = ""
        return values | {
            "recipient_id": UUID(chosen) if chosen in self.partners else None,
            "recipient_sort": chosen.removeprefix("sort:") if chosen.startswith("sort:") else "",
            "recipient_name": values["recipient_name"] if chosen == NAMED else "",
        }


class WithdrawConsentForm(RowForm):
    on = DayField(label=_("Since when?"))
    words = _words(_("In their words"))

    helper = stacked(_("They take it back"), danger=True)

    @staticmethod
    def initial_of(row: Consent) -> dict[str, Any]:
        """Return the version of an answer."""
        return {"version": row.version}


class NeverContactForm(RowForm):
    client = forms.ChoiceField(label=_("For whom?"), required=False)
    kind = forms.ChoiceField(label=_("What must never be contacted?"), choices=NeverContact.Kind)
    value = forms.CharField(
        label=_("Number, address or name"), help_text=_("A phone number with its country code."), max_length=240
    )
    country = CountryField(label=_("Whose authority is it?"), blank_label=_("no authority"), required=False)
    recipient_id = forms.ChoiceField(
        label=_("In the directory of partners"),
        help_text=_("With it, no referral can be sent there."),
        required=False,
    )
    reason = _words(_("Why?"))
    since = DayField(label=_("Since when?"))

    helper = stacked(_("Put on the never-contact list"))

    def __init__(self, *args: Any, people: Sequence[Client], partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        fields: dict[str, Any] = self.fields
        fields["client"].choices = [
            ("", _("everybody in this case")),
            *((pk, str(each.full_name)) for pk, each in self.people.items()),
        ]
        fields["recipient_id"].choices = [("", _("not in it")), *((str(each.pk), str(each.name)) for each in partners)]

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {
            "client": self.people.get(values["client"]),
            "recipient_id": UUID(values["recipient_id"]) if values["recipient_id"] else None,
        }


class EntryForm(RowForm):
    """Nothing to fill in: it carries the version."""

    @staticmethod
    def initial_of(row: NeverContact) -> dict[str, Any]:
        """Return the version of an entry."""
        return {"version": row.version}


class AskOffForm(EntryForm):
    reason = _words(_("Why is it not dangerous any more?"), required=True)

    helper = stacked(_("Ask a colleague to look"))


class TakeOffForm(EntryForm):
    helper = stacked(_("Take off the list"), danger=True)


class KeepForm(EntryForm):
    helper = stacked(_("Keep on the list"))
