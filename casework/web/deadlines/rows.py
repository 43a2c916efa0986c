"""One deadline as a line in a list: whose, what, until when, what to look at, what can be answered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from casework.residency.models import Deadline
from casework.residency.models.position import today_of
from casework.web.deadline_tag import DeadlineTag, deadline_tag, order_of
from casework.web.templatetags.days import day


@dataclass(frozen=True)
class DeadlineRow:
    """A deadline with `today` where the person is. Its client, with data key, and case are loaded."""

    deadline: Deadline
    today: dt.date

    @cached_property
    def tag(self) -> DeadlineTag:
        it = self.deadline
        return deadline_tag(it.drives_on, self.today, it.state, it.review, order=order_of(it))

    @cached_property
    def duty(self) -> str:
        return str(self.deadline.get_duty_display())

    @property
    def why_url(self) -> str:
        return reverse("why_this_date", args=[self.deadline.pk])

    @property
    def done_url(self) -> str:
        return self._answer_url("done")

    @property
    def waive_url(self) -> str:
        return self._answer_url("waive")

    @property
    def reopen_url(self) -> str:
        return self._answer_url("reopen")

    @property
    def impose_url(self) -> str:
        return self._answer_url("impose")

    @property
    def lift_url(self) -> str:
        return self._answer_url("lift")

    @property
    def override_url(self) -> str:
        return self._answer_url("override")

    @property
    def confirm_url(self) -> str:
        return self._answer_url("confirm")

    @property
    def refuse_url(self) -> str:
        return self._answer_url("refuse")

    @property
    def note_url(self) -> str:
        return self._answer_url("note")

    @property
    def is_answered(self) -> bool:
        """Whether somebody has answered it; what a fact on record shows to be done needs no answer."""
        return not self.deadline.is_open and self.deadline.gone_at is None and not self.deadline.is_met

    @property
    def is_lapsed(self) -> bool:
        """Whether it was a choice that nobody made in time: nothing is owed, and nothing can be done any more."""
        it = self.deadline
        return it.is_open and it.optional and it.drives_on is not None and it.drives_on < self.today

    @property
    def has_moved(self) -> bool:
        return self.deadline.moved_at is not None

    @property
    def doubt(self) -> str:
        """Why a person must look at it again, "" if there is no reason."""
        if not self.deadline.contradicted:
            return ""
        if self.deadline.imposed_on is None:
            return _("It was answered for another date or another fact. Look at it again.")
        return _("This date was set; the rules do not give rise to it.")

    @property
    def set_in_words(self) -> str:
        """Who set the date that drives, and how it stands to the rules; "" if it is the computed one."""
        it = self.deadline
        if it.imposed_on is None:
            return ""
        is_authority = it.set_by == Deadline.SetBy.AUTHORITY
        values = {"due": day(it.due_on) if it.due_on else ""}
        if it.due_on is None:
            return _("Set by an authority.") if is_authority else _("Set by staff, not by an authority.")
        if it.imposed_on > it.due_on:
            return (
                _("Set by an authority, later than the rules allow (%(due)s); a second person has confirmed it.")
                if is_authority
                else _("Set by staff, later than the rules allow (%(due)s); a second person has confirmed it.")
            ) % values
        return (
            _("Set by an authority; the rules say %(due)s.")
            if is_authority
            else _("Set by staff; the rules say %(due)s.")
        ) % values

    def _answer_url(self, answer: str) -> str:
        return reverse("answer_deadline", args=[self.deadline.pk, answer])


def with_people(deadlines: Any, now: dt.datetime) -> Any:
    """Return the queryset with what a row shows: the person, the case, and which day it is for them."""
    return (
        deadlines.select_related("client__data_key", "client__case", "client__computed_position")
        .annotate(today=today_of("client__", now))
        .defer("because", "rule_ids", "client__search_form", "client__computed_position__warnings")
    )


def rows_of(deadlines: Any) -> list[DeadlineRow]:
    return [DeadlineRow(deadline, deadline.today) for deadline in deadlines]
