"""What a page shows of the draft of its form. `draft` is a `casework.web.drafts.of_form.FormDraft`, or nothing."""

from typing import Any

from django import template
from django.template import Context

register = template.Library()


@register.inclusion_tag("components/draft_notice.html", takes_context=True)
def draft_notice(context: Context, draft: Any) -> dict[str, Any]:
    """{% draft_notice draft %} above a form: that there is a draft, go on with it or discard it."""
    return {"draft": draft, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/draft_bar.html")
def draft_bar(draft: Any, form_id: str) -> dict[str, Any]:
    """{% draft_bar draft "intake" %} under the form with this id, which is then saved while somebody types."""
    return {"draft": draft, "form_id": form_id}
