"""Forms for stays, documents, permits, registrations and applications. They clean; they do not do."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client
from casework.documents.models import Document
from casework.lib.countries import country_choices
from casework.residency.models import Application, Permit, Registration, Stay
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.countries import special_nationalities
from casework.web.forms.dates import BoundedDayField, DayField
from casework.web.forms.layouts import stacked

YES_NO_UNKNOWN = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]


class YesNoUnknownField(forms.TypedChoiceField):
    """Cleans to True, False or None: what is not known is not a no."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_NO_UNKNOWN,
            coerce={"yes": True, "no": False}.get,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class FactForm(RowForm):
    """A fact about one client."""

    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.fields["country"].choices = self.countries()  # type: ignore[attr-defined]
        self.initial.setdefault("country", client.case.team.country)

    def countries(self) -> list[tuple[str, str]]:
        return country_choices(get_language() or "en", first=(self.client.case.team.country,))

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:  # type: ignore[override]  # of the fields that each kind of fact has
        """Return what the form shows of a fact."""
        return {name: getattr(row, name) for name in cls.base_fields if name != "id" and hasattr(row, name)}


class StayForm(FactForm):
    entered = BoundedDayField(
        label=_("Day of entry"),
        help_text=_("As stamped in the passport or the migration card. For example 27 March 2026."),
    )
    planned = forms.BooleanField(label=_("This stay is planned and has not happened yet"), required=False)
    left = BoundedDayField(
        label=_("Day of exit"),
        help_text=_("While it is blank, the days of this stay go on being counted."),
        absent=_("Has not left yet"),
    )
    document = forms.ModelChoiceField(
        label=_("Document used to enter"),
        help_text=_("The one that was stamped or shown at the border: how long they may stay can depend on it."),
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("not recorded"),
    )
    legal_basis = forms.ChoiceField(
        label=_("Legal basis"),
        help_text=_(
            "By which right they are there. Not sure? Leave it as it is and ask: a wrong one hides a deadline."
        ),
        choices=Stay.LegalBasis,
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Stay.Purpose, required=False)
    entry_mode = forms.ChoiceField(label=_("Way of entry"), choices=Stay.EntryMode, required=False)
    evidence = forms.ChoiceField(label=_("How do we know the days?"), choices=Stay.Evidence, required=False)
    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)

    helper = stacked(_("Save this stay"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        documents = self.fields["document"]
        documents.queryset = Document.objects.filter(client=self.client).newest_first()  # type: ignore[attr-defined]
        documents.label_from_instance = document_in_words  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        values = super().values()
        entered, left = values.pop("entered"), values.pop("left")
        return values | {
            "entered_earliest": entered.earliest,
            "entered_latest": entered.latest,
            "has_left": left is not None,
            "left_earliest": left.earliest if left else None,
            "left_latest": left.latest if left else None,
        }


class EndStayForm(RowForm):
    left = BoundedDayField(
        label=_("Day of exit"),
        help_text=_("As stamped in the passport or the migration card. For example 27 March 2026."),
    )

    helper = stacked(_("Record the exit"))

    @staticmethod
    def initial_of(row: Stay) -> dict[str, Any]:
        """Return what the form shows of a stay: nothing, unless somebody else has recorded an exit."""
        return {"version": row.version, "left": row.left if row.has_left else None}


class DocumentForm(FactForm):
    country = forms.ChoiceField(label=_("Issued by"))
    kind = forms.ChoiceField(label=_("Kind of document"), choices=Document.Kind)
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("Stored encrypted. Found by search only as a whole."),
    )
    issued_on = DayField(label=_("Issued on"), required=False)
    valid_until = DayField(
        label=_("Valid until"), help_text=_("As printed. Blank if it has no last day."), required=False
    )
    state = forms.ChoiceField(
        label=_("State"),
        help_text=_(
            "Lost, or kept by an authority: say so here instead of removing the document. Some deadlines need one that is held."
        ),
        choices=Document.State,
    )
    biometric = YesNoUnknownField(
        label=_("Biometric (ten-year) passport?"), help_text=_("It has the sign of a chip on its cover.")
    )
    renewable_abroad = YesNoUnknownField(label=_("Can it be renewed outside the country that issued it?"))

    helper = stacked(_("Save this document"), form_id="document")
    field_order = ("id", "version", "kind", "country", "number", "issued_on", "valid_until", "state")

    def countries(self) -> list[tuple[str, str]]:
        nationalities = tuple(self.client.nationalities)
        return [*country_choices(get_language() or "en", first=nationalities), *special_nationalities()]


class PermitForm(FactForm):
    kind = forms.ChoiceField(label=_("Kind of permit"), choices=Permit.Kind)
    valid_from = DayField(
        label=_("Valid from"),
        help_text=_("As printed on the card or the decision."),
        required=False,
    )
    printed_until = DayField(
        label=_("Valid until"),
        required=False,
        help_text=_("As printed on the card. If the law extends it, we add that."),
    )
    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)

    helper = stacked(_("Save this permit"))


class RegistrationForm(FactForm):
    kind = forms.ChoiceField(label=_("What was registered?"), choices=Registration.Kind)
    registered_on = DayField(
        label=_("Registered on"),
        help_text=_("The day in the slip or stamp. Whether it was in time is computed in working days of the country."),
    )
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("As printed on the slip, if it says so.")
    )
    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)

    helper = stacked(_("Save this registration"))


class ApplicationForm(FactForm):
    kind = forms.ChoiceField(label=_("Application for"), choices=Application.Kind)
    filed_on = DayField(
        label=_("Filed on"),
        help_text=_("The day on the receipt of the authority, not the day on which it was written."),
        required=False,
    )
    state = forms.ChoiceField(label=_("State"), choices=Application.State)
    decided_on = DayField(
        label=_("Decided on"), help_text=_("The day on the decision. Blank while it is pending."), required=False
    )
    keeps_stay_lawful = YesNoUnknownField(
        label=_("Does it keep the stay lawful while it is pending?"),
        help_text=_("Only if the law or a paper of the authority says so."),
    )
    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)

    helper = stacked(_("Save this application"))


def document_in_words(document: Document) -> str:
    """Return a document as a choice shows it: kind and country; the number stays where it is."""
    return f"{document.get_kind_display()} ({document.country})"
