"""The form with which a case is logged: one short page."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseFormSet, BoundField, formset_factory
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.clients.models import Client, Contact
from casework.documents.models import Document
from casework.lib.dates import Birth
from casework.lib.ids import new_id
from casework.lifecycle.intake import Arrival, Paper, Person, Reach, might_be_a_child
from casework.web.forms.countries import CountryField, NationalitiesField
from casework.web.forms.dates import BirthField, BoundedDayField, DayField
from casework.web.forms.layouts import fields_only

NAME: dict[str, Any] = {"max_length": 120, "required": False}
OLDEST_YEARS = 120
FAMILY_ROWS = 5


def in_short(user: User) -> str:
    """Return how a list of colleagues names one."""
    return str(user.display_name or user.email)


class LogCaseForm(forms.Form):
    """What is asked of the principal applicant. The rest of the family is in a form set beside it."""

    submit_token = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    family_name = forms.CharField(label=_("Family name"), **NAME)
    given_name = forms.CharField(label=_("Given name"), **NAME)
    patronymic = forms.CharField(label=_("Patronymic"), **NAME)
    other_names = forms.CharField(
        label=_("Other spellings and earlier names"),
        help_text=_("Such as the name in Latin letters in the passport. Search finds these too."),
        max_length=400,
        required=False,
    )
    birth = BirthField(label=_("Date of birth"), help_text=_("The year alone is enough, if no more is known."))
    is_unaccompanied_child = forms.BooleanField(
        label=_("Yes, this is an unaccompanied child"), required=False, widget=forms.HiddenInput
    )
    nationalities = NationalitiesField(label=_("Nationality"))
    sex = forms.ChoiceField(label=_("Sex"), choices=Client.Sex, initial=Client.Sex.UNKNOWN, required=False)

    country = CountryField(label=_("Country in which they are"))
    entered = BoundedDayField(
        label=_("Day on which they entered this country"),
        help_text=_(
            "Most deadlines count from it. Not sure? Say between which days it was: the earlier one is counted from."
        ),
        absent=_("They live there and have not entered from abroad"),
    )
    planned = forms.BooleanField(label=_("They have not arrived yet: this entry is planned"), required=False)
    document_kind = forms.ChoiceField(
        label=_("Document on which they entered"),
        choices=[("", _("Not known")), *Document.Kind.choices],
        help_text=_("The one that was stamped or shown at the border: how long they may stay can depend on it."),
        required=False,
    )
    document_number = forms.CharField(
        label=_("Number of the document"),
        help_text=_("May stay blank. It is stored encrypted."),
        max_length=60,
        required=False,
    )
    document_country = CountryField(
        label=_("Issued by"), blank_label=_("The country of the first nationality"), required=False
    )

    document_valid_until = DayField(label=_("Valid until"), required=False)

    channel = forms.ChoiceField(
        label=_("Safe way to reach them"),
        choices=[("", _("Not known yet")), *Contact.Channel.choices],
        required=False,
    )
    reach = forms.CharField(label=_("Number or address"), max_length=160, required=False)
    instructions = forms.CharField(label=_("Hours, code word, who else may read it"), max_length=400, required=False)

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    caseworker = forms.ModelChoiceField(
        label=_("Who looks after this case"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
    )

    SECTIONS = {
        "who": (
            "family_name",
            "given_name",
            "patronymic",
            "other_names",
            "birth",
            "is_unaccompanied_child",
            "nationalities",
            "sex",
        ),
        "where": (
            "country",
            "entered",
            "planned",
            "document_kind",
            "document_number",
            "document_country",
            "document_valid_until",
        ),
        "reach": ("channel", "reach", "instructions"),
        "care": ("team", "caseworker"),
    }

    def __init__(
        self, *args: Any, teams: QuerySet[Team], colleagues: QuerySet[User], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams
        fields["caseworker"].queryset = colleagues
        fields["caseworker"].label_from_instance = in_short
        if len(teams) == 1:
            fields["team"].widget = forms.HiddenInput()
        fields["country"].offer(tuple(team.country for team in teams))
        fields["birth"].min_day, fields["birth"].max_day = date(today.year - OLDEST_YEARS, 1, 1), today

    @property
    def sections(self) -> dict[str, list[BoundField]]:
        """The fields by the part of the page in which they stand."""
        return {part: [self[name] for name in names] for part, names in self.SECTIONS.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("family_name") or cleaned.get("given_name")):
            self.add_error("family_name", _("Enter a family name or a given name, in any script."))
        if cleaned.get("document_number") and not cleaned.get("document_kind"):
            self.add_error("document_kind", _("Say which document has this number."))
        elif cleaned.get("document_valid_until") and not cleaned.get("document_kind"):
            self.add_error("document_kind", _("Say which document is valid until then."))
        if cleaned.get("channel") not in (None, "", Contact.Channel.IN_PERSON) and not cleaned.get("reach"):
            self.add_error("reach", _("Enter the number or the address."))
        if cleaned.get("reach") and not cleaned.get("channel"):
            self.add_error("channel", _("Say what kind of number or address this is."))
        self._ask_about_child(cleaned.get("birth"), is_confirmed=bool(cleaned.get("is_unaccompanied_child")))
        return cleaned

    def _ask_about_child(self, birth: Birth | None, *, is_confirmed: bool) -> None:
        """Show the tick that is asked of children, and refuse until it is set."""
        if birth is None or not might_be_a_child(birth, self.today):
            return
        self.fields["is_unaccompanied_child"].widget = forms.CheckboxInput()
        if not is_confirmed:
            self.add_error(
                "is_unaccompanied_child",
                _(
                    "By this date of birth the principal applicant is, or may be, under 18. If a parent is here too,"
                    " log the parent and add the child to the family. If not, tick “Yes, this is an unaccompanied child”."
                ),
            )

    def principal(self) -> Person:
        """Return what was said about the principal applicant."""
        cleaned = self.cleaned_data
        return Person(
            family_name=cleaned["family_name"],
            given_name=cleaned["given_name"],
            patronymic=cleaned["patronymic"],
            other_names=cleaned["other_names"],
            birth=cleaned["birth"],
            nationalities=tuple(cleaned["nationalities"]),
            sex=cleaned["sex"] or Client.Sex.UNKNOWN,
        )

    def arrival(self) -> Arrival:
        """Return where they are and how they came."""
        cleaned, paper = self.cleaned_data, None
        if cleaned["document_kind"]:
            issuer = cleaned["document_country"] or cleaned["nationalities"][0]
            paper = Paper(
                kind=cleaned["document_kind"],
                country=issuer,
                number=cleaned["document_number"],
                valid_until=cleaned["document_valid_until"],
            )
        return Arrival(country=cleaned["country"], entered=cleaned["entered"], planned=cleaned["planned"], paper=paper)

    def way_to_reach(self) -> Reach | None:
        """Return the safe way to reach them, if one was given."""
        cleaned = self.cleaned_data
        if not cleaned["channel"]:
            return None
        return Reach(channel=cleaned["channel"], value=cleaned["reach"], instructions=cleaned["instructions"])


class RelativeForm(forms.Form):
    """One more person of the family. A row that was left blank is nobody."""

    family_name = forms.CharField(label=_("Family name"), **NAME)
    given_name = forms.CharField(label=_("Given name"), **NAME)
    relation = forms.ChoiceField(
        label=_("Relation to the principal applicant"),
        choices=[("", "–"), *[each for each in Client.Relation.choices if each[0] != Client.Relation.PRINCIPAL]],
        required=False,
    )
    birth = BirthField(label=_("Date of birth"), required=False)
    # Nothing chosen is nothing typed: a row that was left blank is nobody.
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("", _("not recorded")), *[each for each in Client.Sex.choices if each[0] != Client.Sex.UNKNOWN]],
        required=False,
    )
    nationalities = NationalitiesField(
        label=_("Nationality"), help_text=_("Blank: the same as the principal applicant."), boxes=1, required=False
    )
    document_kind = forms.ChoiceField(
        label=_("Document on which they entered"),
        choices=[("", _("Not known")), *Document.Kind.choices],
        required=False,
    )
    document_number = forms.CharField(label=_("Number of the document"), max_length=60, required=False)

    helper = fields_only()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_named = bool(cleaned.get("family_name") or cleaned.get("given_name"))
        if not is_named and self.has_changed():
            raise ValidationError(_("Enter a name for this person, or clear the row."))
        if is_named and not cleaned.get("relation"):
            self.add_error("relation", _("Say how this person is related to the principal applicant."))
        if cleaned.get("document_number") and not cleaned.get("document_kind"):
            self.add_error("document_kind", _("Say which document has this number."))
        return cleaned

    def person(self, nationalities: tuple[str, ...]) -> Person:
        """Return this person, with the nationalities of the principal applicant unless others were named."""
        cleaned = self.cleaned_data
        held, paper = tuple(cleaned["nationalities"]) or nationalities, None
        if cleaned["document_kind"]:
            paper = Paper(kind=cleaned["document_kind"], country=held[0], number=cleaned["document_number"])
        return Person(
            family_name=cleaned["family_name"],
            given_name=cleaned["given_name"],
            birth=cleaned["birth"],
            relation=cleaned["relation"],
            nationalities=held,
            sex=cleaned["sex"] or Client.Sex.UNKNOWN,
            paper=paper,
        )


class _Family(BaseFormSet):  # type: ignore[type-arg]
    def people(self, nationalities: tuple[str, ...]) -> list[Person]:
        """Return the people of the rows that were filled in."""
        return [form.person(nationalities) for form in self.forms if form.has_changed()]


FamilyFormSet = formset_factory(
    RelativeForm, formset=_Family, extra=FAMILY_ROWS, max_num=FAMILY_ROWS, absolute_max=FAMILY_ROWS
)
