"""The forms of needs and services."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Assessment, Client, Need, Programme, Service
from casework.clients.need_codes import AREAS, code_label, grouped_choices
from casework.lib.money import currency_choices
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked
from casework.web.forms.numbers import NumberField

WORDS: dict[str, Any] = {"required": False, "max_length": 4000, "widget": forms.Textarea(attrs={"rows": 3})}


def need_label(need: Need) -> str:
    """Return a need in the reader's language."""
    if need.kind == Need.Kind.GENERAL:
        return gettext(AREAS.get(need.code, need.code))
    return code_label(need.code, get_language() or "en")


class AssessmentForm(RowForm):
    assessed_on = DayField(label=_("Day on which you asked"))
    next_review_on = DayField(
        label=_("Ask again on"), help_text=_("The page of the case says so from that day."), required=False
    )
    note = forms.CharField(label=_("Note"), **WORDS)

    helper = stacked(_("Save this assessment"))

    @staticmethod
    def initial_of(row: Assessment) -> dict[str, Any]:
        return {
            "version": row.version,
            "assessed_on": row.assessed_on,
            "next_review_on": row.next_review_on,
            "note": row.note,
        }


class NeedForm(RowForm):
    code = forms.ChoiceField(label=_("Need"))
    level = forms.ChoiceField(
        label=_("How urgent"), choices=Need.Level, initial=Need.Level.SOME, widget=forms.RadioSelect
    )
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), help_text=_("Blank as long as it goes on."), required=False)
    note = forms.CharField(
        label=_("In words"), help_text=_("Stored encrypted; read by those who look after the case."), **WORDS
    )

    helper = stacked(_("Save this need"))

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(code, gettext(label)) for code, label in AREAS.items()]
        groups = grouped_choices(get_language() or "en")
        chosen: list[Any] = [("", "—")]
        if kind != Need.Kind.SPECIFIC:
            chosen.append((gettext("Areas of life"), areas))
        if kind != Need.Kind.GENERAL:
            chosen += groups
        code: Any = self.fields["code"]
        code.choices = chosen

    @staticmethod
    def initial_of(row: Need) -> dict[str, Any]:
        return {
            "version": row.version,
            "code": row.code,
            "level": row.level,
            "since": row.since,
            "until": row.until,
            "note": row.note,
        }


class EndNeedForm(RowForm):
    on = DayField(label=_("No need any more from"))

    helper = stacked(_("End this need"))

    @staticmethod
    def initial_of(row: Need) -> dict[str, Any]:
        return {"version": row.version, "on": row.until}


class ActForm(RowForm):
    """Nothing to fill in: it carries the version."""

    def __init__(self, *args: Any, act: str = "", danger: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(act, danger=danger)

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version}


class QuickServiceForm(RowForm):
    """A service in three fields."""

    kind = forms.ChoiceField(label=_("What"), choices=Service.Kind)
    who = forms.ChoiceField(label=_("For whom"), required=False)
    amount = NumberField(
        label=_("Amount, if it is money"),
        help_text=_("In digits, such as 1500 or 1500,50."),
        required=False,
        max_digits=12,
        decimal_places=2,
    )

    helper = fields_only()

    def __init__(self, *args: Any, people: Sequence[Client], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["who"].choices = [("", _("everybody in the case")), *((str(it.pk), it.full_name) for it in people)]
        if currency:
            fields["amount"].label = gettext("Amount in %(currency)s, if it is money") % {"currency": currency}


class ServiceForm(RowForm):
    kind = forms.ChoiceField(label=_("What"), choices=Service.Kind)
    people = forms.MultipleChoiceField(
        label=_("For whom"),
        help_text=_("Nobody ticked: for everybody in the case."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    need = forms.ChoiceField(label=_("Answers the need"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    amount = NumberField(
        label=_("Amount"),
        help_text=_("In digits, such as 1500 or 1500,50."),
        required=False,
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    item = forms.CharField(label=_("What exactly"), max_length=200, required=False)
    quantity = NumberField(label=_("How many"), required=False, max_digits=10, decimal_places=2)
    unit = forms.ChoiceField(label=_("Of what"), choices=[("", "—"), *Service.Unit.choices], required=False)
    planned_on = DayField(label=_("Planned for"), required=False)
    period_from = DayField(label=_("For the time from"), required=False)
    period_until = DayField(label=_("until"), required=False)
    paid_to = forms.ChoiceField(label=_("Rent is paid"), choices=[("", "—"), *Service.PaidTo.choices], required=False)
    condition = forms.CharField(label=_("Condition"), max_length=600, required=False)
    note = forms.CharField(label=_("Note"), **WORDS)

    helper = stacked(_("Save this service"))

    def __init__(
        self,
        *args: Any,
        people: Sequence[Client],
        needs: Sequence[Need],
        programmes: Sequence[Programme],
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.by_id = {str(it.pk): it for it in (*people, *needs, *programmes)}
        fields["people"].choices = [(str(it.pk), it.full_name) for it in people]
        fields["programme"].choices = [("", _("none")), *((str(it.pk), f"{it.name} ({it.donor})") for it in programmes)]
        fields["currency"].choices = [("", "—"), *currency_choices(get_language() or "en", (currency,))]
        fields["currency"].initial = currency
        if needs:
            names = {it.pk: it.given_name or it.full_name for it in people}
            fields["need"].choices = [
                ("", _("none in particular")),
                *((str(it.pk), f"{need_label(it)}, {names.get(it.client_id, '')}") for it in needs),
            ]
        else:
            del fields["need"]

    @staticmethod
    def initial_of(row: Service) -> dict[str, Any]:
        names = (
            "version", "kind", "amount", "currency", "item", "quantity", "unit", "planned_on", "period_from",
            "period_until", "paid_to", "condition", "note",
        )  # fmt: skip
        return {name: getattr(row, name) for name in names} | {
            "people": [str(pk) for pk in row.for_people.values_list("client", flat=True)],
            "programme": str(row.programme_id or ""),
            "need": str(row.need_id or ""),
        }

    def values(self) -> dict[str, Any]:
        values = super().values()
        values["people"] = [self.by_id[each] for each in values["people"]]
        for name in ("programme", "need"):
            if name in values:
                values[name] = self.by_id.get(values[name])
        return values


class DeliverForm(RowForm):
    on = DayField(label=_("Delivered on"))
    receipt = forms.CharField(label=_("Number of the receipt"), max_length=60, required=False)
    condition_met = forms.BooleanField(label=_("The condition was met"), required=False)

    helper = stacked(_("Record the delivery"))

    def __init__(self, *args: Any, has_condition: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        if not has_condition:
            del self.fields["condition_met"]

    @staticmethod
    def initial_of(row: Service) -> dict[str, Any]:
        return {"version": row.version, "receipt": row.receipt}


class EndServiceForm(RowForm):
    why = forms.ChoiceField(label=_("Why?"), choices=Service.Why, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In words"), max_length=600, required=False)

    def __init__(self, *args: Any, act: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(act, danger=True)

    @staticmethod
    def initial_of(row: Service) -> dict[str, Any]:
        return {"version": row.version}


class CaseProgrammesForm(RowForm):
    programmes = forms.MultipleChoiceField(
        label=_("Programmes from which this case is supported"), required=False, widget=forms.CheckboxSelectMultiple
    )

    helper = stacked(_("Save the programmes"))

    def __init__(self, *args: Any, programmes: Sequence[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(it.pk): it for it in programmes}
        field: Any = self.fields["programmes"]
        field.choices = [(key, f"{it.name} ({it.donor})") for key, it in self.by_id.items()]

    @property
    def chosen(self) -> list[Programme]:
        return [self.by_id[each] for each in self.cleaned_data["programmes"]]
