"""How forms are laid out: one function, so that no form invents a look of its own."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.utils.functional import Promise


def stacked(submit_label: str | Promise, *, danger: bool = False, form_id: str = "") -> FormHelper:
    """Return a helper that stacks the fields and ends in a button that names the act.

    "Log this case", not "Submit". `danger` is for what cannot be undone. `form_id` lets what stands elsewhere belong to it.
    """
    helper = _helper()
    helper.form_id = form_id
    submit = Submit("", submit_label, css_id="submit", css_class="btn-danger" if danger else "")
    helper.add_input(submit)
    return helper


def fields_only() -> FormHelper:
    """Return a helper for a form inside a `<form>` element that the template writes itself."""
    helper = _helper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_method = "post"
    # The server's refusals are precise and keep what was typed; the browser's stop at the first. What is typed about people, no browser
    # keeps to offer it to whoever types next.
    helper.attrs = {"novalidate": "novalidate", "autocomplete": "off"}
    return helper
