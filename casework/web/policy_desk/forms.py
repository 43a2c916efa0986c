"""What the policy desk asks. Forms clean; actions write."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.lib.ids import new_id
from casework.residency.models import Citation, Rule
from casework.residency.rules.kinds import ReviewStatus
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only, stacked

from .lists import NEEDS_REVIEW, PROVISIONAL, STALE

ANOTHER = "another"

WHY: list[tuple[str, str | Promise]] = [
    (PROVISIONAL, gettext_lazy("Provisional: nobody with legal knowledge has reviewed it")),
    (NEEDS_REVIEW, gettext_lazy("Needs review: the sources disagree")),
    (STALE, gettext_lazy("Not verified for 180 days")),
]


class ToCheckForm(forms.Form):
    """All filters are in the address."""

    why = forms.ChoiceField(label=gettext_lazy("Why"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Country or zone"), required=False)
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, places: list[tuple[str, str]], duties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["why"].choices = [("", _("all that are held")), *WHY]
        fields["place"].choices = [("", _("all")), *places]
        fields["duty"].choices = [("", _("all")), *duties]


class VerifyForm(forms.Form):
    """Which source of a rule was read, and when."""

    read_on = DayField(
        label=gettext_lazy("Day of reading"),
        help_text=gettext_lazy("The day on which you read the source. Not later than today."),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Which source did you read?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say which source you read: one of those cited, or the address of another.")
        },
    )
    url = forms.CharField(
        label=gettext_lazy("Address of another source"), required=False, max_length=600, help_text="https://…"
    )
    quote = forms.CharField(
        label=gettext_lazy("The sentence that says it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Word for word, so that the next reader finds it. No names of clients."),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    submit_token = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    helper = stacked(gettext_lazy("Still true"))

    def __init__(self, *args: Any, rule: Rule, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cited = {str(citation.pk): citation for citation in rule.citations.order_by("-supports", "pk")}
        fields: dict[str, Any] = self.fields
        fields["source"].choices = [
            *((pk, _source_label(citation)) for pk, citation in self._cited.items()),
            (ANOTHER, _("another source")),
        ]
        fields["read_on"].initial = today
        fields["source"].initial = next(iter(self._cited), ANOTHER)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") == ANOTHER and not (cleaned.get("url") or cleaned.get("quote")):
            self.add_error("url", _("Give the address of the source that you read, or the sentence that it says."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the action takes. What belongs to another source counts only where another was read."""
        cleaned = self.cleaned_data
        is_another = cleaned["source"] == ANOTHER
        return {
            "read_on": cleaned["read_on"],
            "citation": self._cited.get(cleaned["source"]),
            "url": cleaned["url"] if is_another else "",
            "quote": cleaned["quote"],
            "submit_token": cleaned["submit_token"],
        }


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("What is to be mended?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Its authors read this on their desk. No names of clients."),
        error_messages={"required": gettext_lazy("Say what is to be mended: otherwise nobody knows what to do next.")},
    )

    helper = fields_only()


class ApproveForm(forms.Form):
    """`rest`: days on which the old version can be held on, in words. `seen`: what stands on the reviewer's screen."""

    review_status = forms.ChoiceField(
        label=gettext_lazy("Publish it as"), choices=Rule.ReviewStatus.choices, widget=forms.RadioSelect
    )
    keep_rest = forms.BooleanField(required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    helper = fields_only()

    def __init__(self, *args: Any, rest: str, seen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_status"].initial = ReviewStatus.REVIEWED
        self.fields["seen"].initial = seen
        if rest:
            self.fields["keep_rest"].initial = True
            self.fields["keep_rest"].label = _(
                "Keep the old version for the days that the new one leaves over: %(days)s"
            ) % {"days": rest}
        else:
            del self.fields["keep_rest"]


def _source_label(citation: Citation) -> str:
    return citation.title if citation.supports else _("%(title)s (contradicts the rule)") % {"title": citation.title}
