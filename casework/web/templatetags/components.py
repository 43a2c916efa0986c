"""The shapes that pages repeat. Each tag is one template in `templates/components/`.

docs/components.md lists them with their parameters; /styleguide/ shows them in the demo.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BaseForm
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language_info

from casework.lib.dates import Birth, BoundedDay
from casework.web import deadline_tag as tags
from casework.web.components import (
    CaseHeader,
    Chip,
    KeysetPage,
    Progress,
    SummaryRow,
    Tab,
    TimelineEntry,
)
from casework.web.forms.errors import error_lines, has_errors
from casework.web.templatetags import days
from casework.web.undo import Undo, undo_in

register = template.Library()


@register.inclusion_tag("components/deadline_tag.html")
def deadline_tag(
    due_on: dt.date | None,
    today: dt.date,
    state: str = "open",
    review: str = tags.REVIEWED,
    decided_on: dt.date | None = None,
) -> dict[str, Any]:
    """{% deadline_tag deadline.due_on today deadline.state deadline.review %}"""
    return {"tag": tags.deadline_tag(due_on, today, state, review, decided_on=decided_on)}


@register.inclusion_tag("components/deadline_tag.html")
def show_deadline_tag(tag: tags.DeadlineTag) -> dict[str, Any]:
    """{% show_deadline_tag row.tag %}, for a tag that the view has made."""
    return {"tag": tag}


@register.inclusion_tag("components/review_marker.html")
def review_marker(review: str) -> dict[str, Any]:
    """{% review_marker rule.review %}: says so unless a lawyer has reviewed it."""
    return {"review": review, "is_reviewed": review == tags.REVIEWED}


@register.inclusion_tag("components/case_header.html")
def case_header(header: CaseHeader) -> dict[str, Any]:
    """{% case_header header %}"""
    return {"header": header}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Sequence[SummaryRow]) -> dict[str, Any]:
    """{% summary_list rows %}"""
    return {"rows": rows}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """{% tabs items label %}; `label` names the group to those who do not see it."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(form: BaseForm, chips: Sequence[Chip] = (), clear_url: str = "") -> dict[str, Any]:
    """{% filter_bar form chips clear_url %}; see casework.web.filters for the chips."""
    return {"form": form, "chips": chips, "clear_url": clear_url}


@register.inclusion_tag("components/pagination.html")
def pagination(page: KeysetPage) -> dict[str, Any]:
    """{% pagination page %}"""
    return {"page": page}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", action_label: str = "", action_url: str = "") -> dict[str, Any]:
    """{% empty_state title text action_label action_url %}: why it is empty, and the next step."""
    return {
        "title": title,
        "text": text,
        "action_label": action_label,
        "action_url": action_url,
    }


@register.inclusion_tag("components/job_progress.html")
def job_progress(job: Progress) -> dict[str, Any]:
    """{% job_progress job %}"""
    return {"job": job}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """{% timeline entries %}, newest first as given."""
    return {"entries": entries}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """{% error_summary form %}; nothing if the form was not refused. `form.html` has it."""
    return {"lines": error_lines(form) if has_errors(form) else []}


@register.simple_tag(takes_context=True)
def has_refused_form(context: Context) -> bool:
    """Tell the page skeleton whether the title begins with "Error": looks at `form` and `forms`."""
    return has_errors(context.get("form")) or has_errors(context.get("forms"))


@register.filter
def is_list(value: object) -> bool:
    return isinstance(value, (list, tuple))


@register.filter
def undo_of(message: Any) -> Undo | None:
    """Return the way back that a message carries, None where there is none."""
    return undo_in(message.extra_tags or "")


@register.filter
def in_words(value: object) -> object:
    """Return days, bounded days, births and instants in words; anything else as it is."""
    match value:
        case dt.datetime():
            return days.instant(value)
        case dt.date():
            return days.day(value)
        case BoundedDay():
            return days.bounded_day(value)
        case Birth():
            return days.birth(value)
    return value


@register.filter
def own_language_name(code: str) -> str:
    """Return the name by which a language calls itself: "Русский"."""
    name: str = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


@register.simple_tag
def url_if_any(name: str) -> str:
    """Return the address of a page, "" if there is no such page: for links of the skeleton."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
