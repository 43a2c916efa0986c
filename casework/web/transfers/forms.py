"""The forms of handing a case over."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership, Team, User
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import fields_only, stacked


class OfferCaseForm(RowForm):
    """To whom a case is offered: one choice for team and person. `id` keeps one that is sent twice from acting twice."""

    to = forms.ChoiceField(label=_("To whom"))
    named = forms.MultipleChoiceField(
        label=_("Who will see it in the other team"),
        help_text=_("This case is restricted. Two people at least, the one who will look after it among them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Hand-over note"),
        help_text=_("What is pressing, what was promised, whom to trust. It is read before the case itself is seen."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    helper = stacked(_("Offer this case"))

    def __init__(self, *args: Any, own: Team, held: Sequence[Membership], restricted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.places = _places(held, own)
        fields["to"].choices = [("", "–"), *_groups(self.places, own)]
        others = {str(user.pk): f"{in_short(user)}, {team.name}" for team, user in self.places if user and team != own}
        fields["named"].choices = list(others.items())
        if not restricted:
            del fields["named"]

    def clean_to(self) -> tuple[Team, User | None]:
        return next(place for place in self.places if _key(*place) == self.cleaned_data["to"])

    def clean_named(self) -> list[UUID]:
        return [UUID(each) for each in self.cleaned_data["named"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "to" in cleaned:
            cleaned["to_team"], cleaned["to_worker"] = cleaned.pop("to")
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what is refused of team or person beside the one box in which both are chosen."""
        super().add_error("to" if field in ("to_team", "to_worker") else field, error)


class AcceptForm(forms.Form):
    """Offered to a team: who is to look after the case there."""

    caseworker = forms.ChoiceField(label=_("Who looks after this case"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(user.pk): user for user in colleagues}
        people = [(key, in_short(user)) for key, user in self.colleagues.items()]
        caseworker: Any = self.fields["caseworker"]
        caseworker.choices = [("", _("Nobody yet")), *people]

    def clean_caseworker(self) -> User | None:
        return self.colleagues.get(self.cleaned_data["caseworker"])


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not?"), max_length=1000, required=True, widget=forms.Textarea(attrs={"rows": 3})
    )

    helper = fields_only()


def _places(held: Sequence[Membership], own: Team) -> list[tuple[Team, User | None]]:
    """Return everywhere a case can go: colleagues first, then each other team as such and its people."""
    places: dict[tuple[str, str], tuple[Team, User | None]] = {}
    for membership in held:
        team = membership.team
        if team is None:
            continue
        if team != own:
            places.setdefault((str(team.pk), ""), (team, None))
        places.setdefault((str(team.pk), str(membership.user_id)), (team, membership.user))
    return sorted(
        places.values(), key=lambda it: (it[0] != own, it[0].name, str(it[0].pk), it[1] is not None, _name(it[1]))
    )


def _name(user: User | None) -> str:
    return in_short(user).casefold() if user else ""


def _groups(places: Sequence[tuple[Team, User | None]], own: Team) -> list[tuple[str, list[tuple[str, Any]]]]:
    groups: dict[Team, list[tuple[str, Any]]] = {}
    for team, user in places:
        label = in_short(user) if user else _("whoever gives out work there")
        groups.setdefault(team, []).append((_key(team, user), label))
    return [(team.name, choices) for team, choices in groups.items()]


def _key(team: Team, user: User | None) -> str:
    return f"{team.pk}:{user.pk if user else ''}"
