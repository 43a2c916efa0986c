"""A form as pages show it: error summary, fields, a button that names the act."""

import re

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from casework.web.forms.errors import error_lines, has_errors
from casework.web.forms.layouts import fields_only, stacked


class VisitForm(forms.Form):
    place = forms.CharField(label="Place")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)

    helper = stacked("Record this visit")

    def clean(self) -> None:
        if self.cleaned_data.get("note") == "wrong":
            raise forms.ValidationError("The note contradicts the rest.")


def shown(form: forms.Form) -> str:
    request: HttpRequest = RequestFactory().get("/")
    return render_to_string("components/form.html", {"form": form}, request)


def test_a_form_that_was_not_sent_has_no_error_summary() -> None:
    html = shown(VisitForm())

    assert "error-summary" not in html
    assert has_errors(VisitForm()) is False


def test_the_button_names_the_act() -> None:
    assert re.search(r'<input type="submit"[^>]*value="Record this visit"', shown(VisitForm()))


def test_the_form_is_posted_with_its_token_and_is_not_judged_by_the_browser() -> None:
    html = shown(VisitForm())

    assert 'method="post"' in html
    assert "csrfmiddlewaretoken" in html
    assert "novalidate" in html


def test_the_summary_takes_the_focus_and_leads_to_each_field() -> None:
    html = shown(VisitForm({}))

    assert re.search(r'<div class="error-summary"[^>]*tabindex="-1"[^>]*autofocus', html)
    assert '<a href="#id_place">Place: This field is required.</a>' in html
    assert '<a href="#id_kind_0">Kind: This field is required.</a>' in html


def test_every_link_of_the_summary_leads_somewhere() -> None:
    html = shown(VisitForm({}))

    targets = re.findall(r'href="#([^"]+)"', html)

    assert targets
    assert [target for target in targets if f'id="{target}"' not in html] == []


def test_field_and_summary_say_the_same() -> None:
    html = shown(VisitForm({"kind": "a"}))

    assert html.count("This field is required.") == 2


def test_a_refusal_of_the_whole_form_stands_in_the_summary_once() -> None:
    html = shown(VisitForm({"place": "x", "kind": "a", "note": "wrong"}))

    assert html.count("The note contradicts the rest.") == 1


def test_what_was_typed_stays_and_is_escaped() -> None:
    html = shown(VisitForm({"note": "<b>kept</b>"}))

    assert 'value="&lt;b&gt;kept&lt;/b&gt;"' in html


def test_a_refusal_of_a_hidden_field_has_no_link() -> None:
    class TokenForm(forms.Form):
        token = forms.UUIDField(widget=forms.HiddenInput)

    assert [(line.message, line.target) for line in error_lines(TokenForm({}))] == [("This field is required.", "")]


def test_any_of_several_forms_counts_as_refused() -> None:
    assert has_errors([VisitForm(), VisitForm({})])
    assert not has_errors([VisitForm(), None])


def test_fields_alone_have_neither_form_nor_button() -> None:
    form = VisitForm()
    form.helper = fields_only()

    html = shown(form)

    assert "<form" not in html
    assert "submit" not in html
    assert "csrfmiddlewaretoken" not in html
