"""The forms of the admin for country rules. They clean; actions write."""

from datetime import date
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.lib.countries import SPECIAL_NATIONALITIES, country_choices, is_country
from casework.lib.working_days import is_known_calendar

from . import wording
from .actions.rules import sentence_of, why_not_draft
from .admin_fields import fields_of, first_field_of, initial_of, values_of
from .field_words import change_in_words
from .models import CalendarDay, Citation, DraftChange, Jurisdiction, NationalityGroup, Rule
from .models.rule import FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR
from .publishing import bounds, last_day
from .rules.choices import DOCUMENT_KINDS, PURPOSES
from .rules.kinds import DUTY_LABELS, KIND_LABELS, Duty, Kind, ReviewStatus
from .rules.parameters import validate
from .rules.proof import unreadable
from .rules.schemas import DUTIES_OF_KIND

ADDRESS_BEGINNINGS = ("https://", "http://")
LEGAL_BASES = [
    ("", gettext_lazy("visitors without a visa or permit")),
    ("visa", gettext_lazy("holders of a visa")),
    ("permit", gettext_lazy("holders of a permit")),
]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft. The kind is chosen before, so that the form asks for its parameters."""

    kind_of_rule: ClassVar[Kind]

    jurisdiction = forms.ModelChoiceField(
        label=gettext_lazy("Country or zone"), queryset=Jurisdiction.objects.order_by("kind", "code")
    )
    duty = forms.ChoiceField(label=gettext_lazy("Duty"))
    nationality = forms.ChoiceField(label=gettext_lazy("Nationality"))
    document_kind = forms.ChoiceField(label=gettext_lazy("Document"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    legal_basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), choices=LEGAL_BASES, required=False)
    valid_from = forms.DateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("The first day on which it is law. Empty: not known."),
        required=False,
        widget=AdminDateWidget,
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The last day on which it is law. Empty: open."),
        required=False,
        widget=AdminDateWidget,
    )
    review_status = forms.ChoiceField(label=gettext_lazy("Review status"))
    worked_examples = forms.JSONField(
        label=gettext_lazy("Worked examples"),
        help_text=gettext_lazy(
            "A list in JSON: facts in, dates out. At least one must expect a date of this very rule before a reviewer "
            "can call it reviewed."
        ),
        required=False,
        initial=list,
        widget=AdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
    )

    # The last change that was there when the form was opened: whoever saves second sees what came after it.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Rule
        fields: ClassVar = [
            "key",
            "jurisdiction",
            "duty",
            "nationality",
            "age_from",
            "age_below",
            "document_kind",
            "purpose",
            "legal_basis",
            "part",
            "is_exception",
            "applies_to",
            "days_before_commencement_count",
            "legal_status",
            "review_status",
            "published_on",
            "last_verified_on",
            "note",
            "worked_examples",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["jurisdiction"].label_from_instance = wording.place_name
        fields["duty"].choices = [(duty.value, _(DUTY_LABELS[duty])) for duty in DUTIES_OF_KIND[self.kind_of_rule]]
        fields["nationality"].choices = audiences()
        fields["document_kind"].choices = [
            ("", _("any")),
            *((code, _(label)) for code, label in DOCUMENT_KINDS.items()),
        ]
        fields["purpose"].choices = [("", _("any")), *((code, _(label)) for code, label in PURPOSES.items())]
        fields["review_status"].choices = [
            (value, label) for value, label in Rule.ReviewStatus.choices if value != ReviewStatus.REVIEWED
        ]
        self.initial.update(initial_of(self.kind_of_rule, self.instance.parameters))
        if self.instance.pk:
            first, _end = bounds(self.instance.valid)
            self.initial.update(valid_from=first, valid_until=last_day(self.instance.valid), seen=self._latest())
        if self.instance.supersedes_id:
            fields["key"].disabled = True

    def clean_worked_examples(self) -> list[Any]:
        examples = self.cleaned_data["worked_examples"] or []
        problems = unreadable(examples)
        if problems:
            raise ValidationError([sentence_of(problem) for problem in problems])
        return list(examples)

    def _latest(self) -> int:
        return max(DraftChange.objects.filter(rule=self.instance).values_list("pk", flat=True), default=0)

    def _refuse_if_changed(self, seen: int | None) -> None:
        """Tell what somebody else changed meanwhile. What was typed stays; saved again, it is written over that."""
        if seen is None or not self.instance.pk:
            return
        later = DraftChange.objects.filter(rule=self.instance, pk__gt=seen).order_by("pk")
        lines = [
            change_in_words(name, before, after, self.instance.kind)
            for row in later
            for name, (before, after) in row.fields.items()
        ]
        if lines:
            typed: Any = self.data.copy()  # type: ignore[attr-defined]
            typed[self.add_prefix("seen")] = str(self._latest())
            self.data = typed
            sentence = _(
                "Somebody else changed this draft while you were writing, so nothing was saved. What you typed is "
                "still below. Compare it with these changes, then save again: %(changes)s"
            )
            self.add_error(None, sentence % {"changes": " | ".join(lines)})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_if_changed(cleaned.get("seen"))
        parameters = values_of(self.kind_of_rule, cleaned)
        for problem in validate(self.kind_of_rule, parameters):
            field = first_field_of(self.kind_of_rule, problem.field)
            if field not in self.errors:
                self.add_error(field, sentence_of(problem))
        if cleaned.get("age_from", 0) >= cleaned.get("age_below", wording.OLDEST):
            self.add_error("age_below", _("The ages are in the wrong order."))
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))
        elif not self.errors:
            self.instance.kind = self.kind_of_rule.value
            self.instance.parameters = parameters
            self.instance.valid = DateRange(first, last, "[]")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        for refusal in why_not_draft(self.instance, timezone.now()):
            field = {"valid": "valid_from", "parameters": None}.get(refusal.field, refusal.field)
            self.add_error(field, refusal.sentence)


def rule_form(kind: Kind) -> type[RuleForm]:
    """Return the form for rules of this kind, with a field for each parameter."""
    return type("RuleForm", (RuleForm,), {"kind_of_rule": kind, **fields_of(kind)})


def checked_address(typed: str) -> str:
    """Return the address of a source, which a page will lead to. Raises ValidationError."""
    url = typed.strip()
    if url and not url.startswith(ADDRESS_BEGINNINGS):
        raise ValidationError(_("An address begins with https:// or http://."))
    return url


class CitationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Citation
        fields: ClassVar = ["title", "url", "quote", "read_on", "supports"]

    def clean_url(self) -> str:
        return checked_address(self.cleaned_data["url"])


class PublishForm(forms.Form):
    """What the publisher says of the draft. `rest`: days on which the old version can be held on, in words."""

    review_status = forms.ChoiceField(
        label=gettext_lazy("Review status"),
        choices=Rule.ReviewStatus.choices,
        help_text=gettext_lazy("“Reviewed” is said by a policy reviewer who did not write in the draft."),
    )
    keep_rest = forms.BooleanField(required=False)

    def __init__(self, *args: Any, rest: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rest:
            self.fields["keep_rest"].label = _(
                "Keep the old version for the days that the new one leaves over: %(days)s"
            ) % {"days": rest}
        else:
            del self.fields["keep_rest"]


class WithdrawForm(forms.Form):
    """`replaced`: what can be held again, in words, "" where nothing can."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it no longer held?"),
        help_text=gettext_lazy("For those who ask later what people were told. No names of clients."),
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why: people will ask what they were told and why it changed.")},
    )

    restore = forms.BooleanField(required=False)

    def __init__(self, *args: Any, replaced: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if replaced:
            self.fields["restore"].label = _("Hold again what it replaced: %(replaced)s") % {"replaced": replaced}
        else:
            del self.fields["restore"]


class JurisdictionForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Decides which day is today there. Countries need one."),
        required=False,
    )

    class Meta:
        model = Jurisdiction
        fields: ClassVar = ["code", "kind", "name", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones: Any = self.fields["time_zone"]
        zones.choices = [("", "---------"), *((zone, zone) for zone in sorted(available_timezones()))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code, kind = cleaned.get("code", self.instance.code), cleaned.get("kind")
        if kind == Jurisdiction.Kind.COUNTRY and not is_country(code):
            self.add_error(
                "code" if "code" in self.fields else None, _("This is not the code of a country, such as KZ.")
            )
        if kind == Jurisdiction.Kind.COUNTRY and not cleaned.get("time_zone"):
            self.add_error("time_zone", _("Choose the time zone: deadlines are days there."))
        if kind == Jurisdiction.Kind.ZONE and not cleaned.get("name"):
            self.add_error("name", _("Give the zone a name."))
        return cleaned


class NationalityGroupForm(forms.ModelForm):  # type: ignore[type-arg]
    nationalities = forms.MultipleChoiceField(
        label=gettext_lazy("Nationalities"), widget=forms.CheckboxSelectMultiple(attrs={"class": "in-columns"})
    )

    class Meta:
        model = NationalityGroup
        fields: ClassVar = ["code", "name", "nationalities"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nationalities: Any = self.fields["nationalities"]
        nationalities.choices = _nationalities()


class CalendarDayForm(forms.ModelForm):  # type: ignore[type-arg]
    """An exceptional day of a country. Deadlines that count working days there are computed anew."""

    jurisdiction = forms.ModelChoiceField(
        label=gettext_lazy("Country"),
        queryset=Jurisdiction.objects.filter(kind=Jurisdiction.Kind.COUNTRY).order_by("code"),
    )
    is_working_day = forms.TypedChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[("no", gettext_lazy("a day off")), ("yes", gettext_lazy("a working day"))],
        coerce=lambda value: value in ("yes", "True"),
        empty_value=None,
    )

    class Meta:
        model = CalendarDay
        fields: ClassVar = [
            "jurisdiction",
            "day",
            "is_working_day",
            "reason",
            "source_title",
            "source_url",
            "source_read_on",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["jurisdiction"].label_from_instance = wording.place_name
        if self.instance.pk:
            self.initial["is_working_day"] = "yes" if self.instance.is_working_day else "no"

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_CALENDAR_YEAR <= day.year <= LAST_CALENDAR_YEAR:
            raise ValidationError(
                _("Working days are known from %(first)s to %(last)s.")
                % {"first": FIRST_CALENDAR_YEAR, "last": LAST_CALENDAR_YEAR}
            )
        return day

    def clean_jurisdiction(self) -> Jurisdiction:
        place: Jurisdiction = self.cleaned_data["jurisdiction"]
        if not is_known_calendar(place.code):
            raise ValidationError(_("No calendar of working days is known for this country."))
        return place

    def clean_source_url(self) -> str:
        return checked_address(self.cleaned_data["source_url"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.swap and {"jurisdiction", "day", "is_working_day"} & set(self.changed_data):
            raise ValidationError(_("This day is swapped with another one. Take the swap back first."))
        return cleaned


def audiences() -> list[tuple[str, Any]]:
    """Return whom a rule may speak to: everybody, groups, nationalities."""
    groups = [(group.code, f"{group.code}: {group.name}") for group in NationalityGroup.objects.order_by("code")]
    return [("*", _("everybody")), (_("Groups"), groups), (_("Nationalities"), _nationalities())]


def kind_choices(kinds: frozenset[Kind]) -> list[tuple[str, str, str]]:
    """Return (code, label, duties in words) of kinds, by label."""
    return sorted(
        (
            (kind.value, _(KIND_LABELS[kind]), ", ".join(_(DUTY_LABELS[Duty(duty)]) for duty in DUTIES_OF_KIND[kind]))
            for kind in kinds
        ),
        key=lambda choice: choice[1],
    )


def _nationalities() -> list[tuple[str, str]]:
    special = [(code, _(name)) for code, name in SPECIAL_NATIONALITIES.items()]
    return [*country_choices(wording.language()), *special]
