"""The forms of a family: a relation, a split, a join."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership, Team, User
from casework.clients.models import Client, Note, Relation
from casework.clients.models.case import NAMED_AT_LEAST
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.people import RELATIONS
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import fields_only, stacked


def why_not_named(team: Team, named: Sequence[User], caseworker: User | None, viewers: Sequence[Membership]) -> str:
    """Return the sentence that says why these cannot be those who see a restricted case of this team, or ""."""
    working = {each.user_id for each in viewers if each.team_id == team.pk}
    if len({user.pk for user in named} & working) < NAMED_AT_LEAST:
        return gettext("Name at least two people of the team of the new case: nobody else will see it.")
    if strangers := [in_short(user) for user in named if user.pk not in working]:
        return gettext("Not in the team of the new case: %(names)s.") % {"names": ", ".join(strangers)}
    if caseworker is not None and caseworker not in named:
        return gettext("Whoever looks after the new case must be among the people named.")
    return ""


def people_choices(people: Sequence[Client]) -> list[tuple[str, str]]:
    return [(str(each.pk), str(each.full_name)) for each in people]


class RelateForm(RowForm):
    """`one` is the `kind` of `other`, who is in this case or, by reference, in another that the writer sees."""

    one = forms.ChoiceField(label=_("Who"))
    kind = forms.ChoiceField(label=_("is the"), choices=Relation.Kind)
    other = forms.ChoiceField(label=_("of whom"), required=False)
    reference = forms.CharField(
        label=_("or of somebody in another case"),
        help_text=_("Their reference, such as K7Q-3F9."),
        max_length=9,
        required=False,
    )
    remark = forms.CharField(label=_("In words"), max_length=120, required=False)

    helper = stacked(_("Record this relation"))

    def __init__(self, *args: Any, people: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["one"].choices = people_choices(people)
        fields["other"].choices = [("", "–"), *people_choices(people)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("other")) == bool(cleaned.get("reference")):
            self.add_error("other", _("Choose somebody of this case, or enter the reference of somebody in another."))
        return cleaned


class ChangeRelationForm(RowForm):
    """What the two are to each other, said from the side of either; they stay the same two."""

    one = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("is what of the other"), choices=Relation.Kind)
    remark = forms.CharField(label=_("In words"), max_length=120, required=False)

    helper = stacked(_("Save this relation"))

    def __init__(self, *args: Any, people: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        fields: dict[str, Any] = self.fields
        fields["one"].choices = people_choices(people)

    @staticmethod
    def initial_of(row: Relation) -> dict[str, Any]:
        """Return what the form shows of a relation."""
        return {"version": row.version, "one": str(row.one_id), "kind": row.kind, "remark": row.remark}

    def values(self) -> dict[str, Any]:
        """Return what the action takes: both people, in the order that was chosen."""
        values = super().values()
        one = values.pop("one")
        first, second = sorted(self.people, key=lambda each: str(each.pk) != one)
        return values | {"one": first, "other": second}


class PrincipalForm(RowForm):
    """Who it is from now on, and what everybody is to them."""

    principal = forms.ChoiceField(label=_("Principal applicant from now on"))

    helper = stacked(_("Choose this principal applicant"))

    def __init__(self, *args: Any, people: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        fields: dict[str, Any] = self.fields
        fields["principal"].choices = people_choices(people)
        for each in people:
            fields[f"relation_{each.reference}"] = forms.ChoiceField(
                label=_("What is %(name)s to them?") % {"name": each.full_name},
                choices=RELATIONS,
                initial=Client.Relation.UNRELATED if each.is_principal else each.relation,
                help_text=_("Does not count for the one who is chosen."),
            )

    def chosen(self) -> Client:
        return next(each for each in self.people if str(each.pk) == self.cleaned_data["principal"])

    def relations(self) -> dict[UUID, str]:
        """Return what everybody but the chosen one is to them, by id."""
        others = [each for each in self.people if each != self.chosen()]
        return {each.pk: self.cleaned_data[f"relation_{each.reference}"] for each in others}


class SplitForm(RowForm):
    leaving = forms.MultipleChoiceField(label=_("Who leaves this case"), widget=forms.CheckboxSelectMultiple)
    principal = forms.ChoiceField(label=_("Principal applicant of the new case"))
    principal_here = forms.ChoiceField(
        label=_("Principal applicant of those who stay"),
        help_text=_("Only if the principal applicant leaves."),
        required=False,
    )
    team = forms.ModelChoiceField(label=_("Team of the new case"), queryset=Team.objects.none())
    caseworker = forms.ModelChoiceField(
        label=_("Who looks after the new case"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
    )
    named = forms.ModelMultipleChoiceField(
        label=_("Who will see the new case"),
        help_text=_(
            "This case is restricted, so the new one is too. Two people of its team at least, whoever looks after it among them."
        ),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    notes = forms.MultipleChoiceField(
        label=_("Notes that go along"), required=False, widget=forms.CheckboxSelectMultiple
    )

    helper = fields_only()

    def __init__(
        self,
        *args: Any,
        people: Sequence[Client],
        teams: Any,
        colleagues: Any,
        notes: Sequence[Note],
        viewers: Sequence[Membership] | None,
        **kwargs: Any,
    ) -> None:
        """`viewers` are the roles of those who could be named on the new case; None if it is not restricted."""
        super().__init__(*args, **kwargs)
        self.viewers = viewers or ()
        fields: dict[str, Any] = self.fields
        choices = people_choices(people)
        fields["leaving"].choices = fields["principal"].choices = choices
        fields["principal_here"].choices = [("", "–"), *choices]
        fields["team"].queryset, fields["team"].empty_label = teams, None
        fields["caseworker"].queryset, fields["caseworker"].label_from_instance = colleagues, in_short
        fields["notes"].choices = [(str(note.pk), str(note.text)[:80]) for note in notes]
        if not notes:
            del fields["notes"]
        if viewers is None:
            del fields["named"]
            return
        fields["named"].queryset = User.objects.filter(pk__in=[each.user_id for each in viewers]).order_by("pk")
        fields["named"].label_from_instance = self._with_teams

    def _with_teams(self, user: User) -> str:
        teams = sorted({each.team.name for each in self.viewers if each.user_id == user.pk and each.team})
        return f"{in_short(user)}, {', '.join(teams)}"

    def clean(self) -> dict[str, Any]:
        """Look at who will see a restricted case before anything is shown, and not only when it is split."""
        cleaned = super().clean() or self.cleaned_data
        team, named = cleaned.get("team"), cleaned.get("named")
        if named is None or team is None:
            return cleaned
        if reason := why_not_named(team, list(named), cleaned.get("caseworker"), self.viewers):
            self.add_error("named", reason)
        return cleaned


class JoinForm(RowForm):
    code = forms.CharField(
        label=_("Code of the case into which this one goes"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    into_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    names_agreed = forms.BooleanField(
        label=_(
            "Both are restricted: whoever is named on either, and works in the team of the other case, will see it"
        ),
        required=False,
    )

    helper = fields_only()

    def __init__(self, *args: Any, people: Sequence[Client], restricted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in people:
            self.fields[f"relation_{each.reference}"] = forms.ChoiceField(
                label=_("What is %(name)s to the principal applicant there?") % {"name": each.full_name},
                choices=RELATIONS,
                initial=Client.Relation.UNRELATED,
            )
        if not restricted:
            del self.fields["names_agreed"]
