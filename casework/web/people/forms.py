"""What administrators type about users and teams, and what people type about themselves."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.accounts.roles import DEFINITIONS, Role
from casework.lib.countries import country_name
from casework.web.conflicts import digest, in_words, read_digests, write_digests
from casework.web.forms.countries import CountryField
from casework.web.forms.layouts import fields_only, stacked

REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


def _digests(shown: dict[str, Any]) -> str:
    return write_digests({name: digest(name, value) for name, value in shown.items()})


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Return the zones that are named after places; "Asia/Bishkek" reads the same in every language."""
    zones = sorted(zone for zone in available_timezones() if zone.startswith(REGIONS))
    return [(zone, zone.replace("_", " ")) for zone in [*zones, "UTC"]]


def translated_roles() -> list[tuple[str, str]]:
    return [(role.value, gettext(it.label)) for role, it in DEFINITIONS.items()]


class TeamChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django itself is not subscriptable
    def label_from_instance(self, team: Any) -> str:
        return f"{team.name} ({country_name(team.country, get_language() or 'en')})"


class RoleForm(forms.Form):
    """A role and, where it is of a team, the team."""

    role = forms.ChoiceField(label=_("Role"))
    team = TeamChoice(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("The whole organisation"),
        help_text=_("For caseworkers and coordinators. The other roles are held for the whole organisation."),
    )

    helper = fields_only()  # the page writes the form, which is sent to another address

    def __init__(self, *args: Any, teams: QuerySet[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = translated_roles()  # type: ignore[attr-defined]
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("They sign in with this address."),
    )

    helper = stacked(_("Invite this person"))
    field_order = ("email", "role", "team")


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    country = CountryField(label=_("Country"), help_text=_("Where the office is."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        initial="UTC",
        help_text=_("“Today” begins and ends by this zone, unless the person stays in another."),
    )

    helper = stacked(_("Save this team"))


class NewTeamForm(TeamForm):
    code = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9-]*$",
        label=_("Code"),
        max_length=12,
        help_text=_("A few Latin letters, for example ALA. It cannot be changed later."),
        error_messages={"invalid": _("Use Latin letters and digits, a letter first.")},
    )

    helper = stacked(_("Open this team"))
    field_order = ("name", "code", "country", "time_zone")


class ChangeTeamForm(TeamForm):
    is_active = forms.BooleanField(
        label=_("The team works"),
        required=False,
        help_text=_("Without this tick the team is closed, and nobody reaches its cases through it."),
    )
    # What the form showed, as digests: who has it open for long must not undo what another administrator did meanwhile.
    as_opened = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, team: Team, data: Any = None) -> "ChangeTeamForm":
        """Return the form with what is stored of a team now."""
        shown = {name: getattr(team, name) for name in cls.base_fields if name != "as_opened"}
        return cls(data, initial=shown | {"as_opened": _digests(shown)})

    def clean(self) -> dict[str, Any]:
        """Keep what only somebody else changed since the form was opened; of what both changed, ask."""
        cleaned: dict[str, Any] = super().clean() or {}
        opened, stored = read_digests(cleaned.pop("as_opened", "")), dict(self.initial)
        del stored["as_opened"]
        is_refused = False
        for name, theirs in stored.items():
            now, mine = digest(name, theirs), digest(name, cleaned.get(name))
            if name not in cleaned or opened.get(name, now) == now or mine == now:
                continue
            if mine == opened[name]:
                cleaned[name] = theirs
                continue
            said = gettext("Somebody else has changed this meanwhile: now it says “%(now)s”. Save again to have yours.")
            self.add_error(name, said % {"now": in_words(self[name], theirs)})
            is_refused = True
        if is_refused:
            sent: Any = self.data
            data = sent.copy()
            data["as_opened"] = _digests(stored)
            self.data = data
        return cleaned


class OwnProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As colleagues know you."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [("", "UTC"), *zone_choices()[:-1]], required=False
    )

    helper = stacked(_("Save your details"))


class AcceptInvitationForm(forms.Form):
    """Name and password. What was typed stays in the boxes when something is refused."""

    display_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=True),
    )

    helper = stacked(_("Make your account"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
