"""Your first hour, in the demo: five things to try, ticked by what the audit events of the reader say. No row is kept for it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.audit.models import Event

SIGNED_IN = "accounts.signed_in"
# In the session of whoever does not want to see the list any more.
HIDDEN = "first_hour_hidden"


@dataclass(frozen=True, slots=True)
class Try:
    """Something to try. `page`: where it begins; `events`: what is recorded of whoever has done it, any of them."""

    text: Promise
    page: str
    events: tuple[str, ...]


_LANGUAGE = Try(
    _("Choose the language in which you work, in the menu at the top."), "help", ("accounts.language_chosen",)
)
_NAME = Try(
    _("Under {Your account}, write how colleagues know you."), "account_settings", ("accounts.profile_changed",)
)
_VERIFY = Try(
    _("Say of a rule that nobody verified lately whether it is still true."),
    "rules_to_check",
    ("residency.rule_verified",),
)
_WORK_OUT = Try(
    _("On the {Policy desk}, open a draft and work out what would change."),
    "policy_desk",
    ("residency.impact_started",),
)
_DOWNLOAD = Try(
    _("Read how many people it hits, and download the workbook."), "policy_desk", ("residency.impact_exported",)
)

# Whoever holds several roles is shown the first of them: a coordinator is a caseworker, too.
FIRST_HOUR: dict[Role, tuple[Try, ...]] = {
    Role.COORDINATOR: (
        Try(
            _("Open the {Waiting list} and read why somebody comes first."),
            "housing_waiting",
            ("housing.waiting_list_seen",),
        ),
        Try(
            _("Under {Housing}, find beds for somebody and place them."),
            "housing_board",
            ("housing.placement_booked", "housing.placement_held", "housing.placement_checked_in"),
        ),
        Try(_("From {Cases}, assign a case that nobody looks after."), "cases", ("clients.case_assigned",)),
        Try(
            _("{Somebody leaves}: look at what a colleague has to do, without handing it over."),
            "leavers",
            ("lifecycle.work_seen",),
        ),
        Try(
            _("From {Cases}, see who saw a case: {Everything that was done with it}."),
            "cases",
            ("clients.lookers_seen",),
        ),
    ),
    Role.CASEWORKER: (
        Try(
            _("Open {My day} and read why a date is what it is: {Why this date?}."),
            "my_day",
            ("residency.deadline_seen",),
        ),
        Try(
            _("{Log a case} of somebody whom you invent, and read their deadlines."),
            "log_case",
            ("lifecycle.case_logged",),
        ),
        Try(_("Find them again with {Search}, by another spelling of the name."), "cases", ("clients.searched",)),
        Try(
            _("From {Cases}, open a person and make the sheet for them in their language."),
            "cases",
            ("clients.sheet_made",),
        ),
        Try(_("On {My day}, press {Done} beside something that is due."), "my_day", ("residency.deadline_done",)),
    ),
    Role.POLICY_EDITOR: (
        Try(_("Under {Country rules}, open a rule and begin a draft from it."), "rules", ("residency.rule_drafted",)),
        _WORK_OUT,
        _DOWNLOAD,
        Try(_("On the {Policy desk}, ask for review of a draft."), "policy_desk", ("residency.review_asked",)),
        _VERIFY,
    ),
    Role.POLICY_REVIEWER: (
        _WORK_OUT,
        _DOWNLOAD,
        Try(
            _("On the {Policy desk}, send a draft back with a comment."),
            "policy_desk",
            ("residency.review_returned",),
        ),
        Try(
            _("On the {Policy desk}, approve and publish a draft of somebody else."),
            "policy_desk",
            ("residency.rule_published",),
        ),
        _VERIFY,
    ),
    Role.ADMINISTRATOR: (
        Try(_("{Invite somebody}; in the demo the link stays on this machine."), "invite", ("accounts.user_invited",)),
        Try(_("Under {People and teams}, give somebody one more role."), "people", ("accounts.role_granted",)),
        Try(_("{Do reminders go?} Look at the page that says so."), "status", ("reminders.status_seen",)),
        Try(
            _("Under {Ways to send messages}, try a way. Nothing leaves this machine."),
            "message_channels",
            ("reminders.channel_tested",),
        ),
        Try(
            _("In the {Policy of reminders}, change on which days somebody is reminded."),
            "reminder_policy",
            ("reminders.policy_changed",),
        ),
    ),
    Role.AUDITOR: (
        Try(_("{Who did what}: filter for one case, or for one person."), "audit", ("audit.events_listed",)),
        Try(_("Look at {Emergencies}: who opened which case, and why."), "watched", ("clients.emergencies_listed",)),
        Try(_("There, take note of one of them."), "watched", ("clients.emergency_noted", "clients.many_cases_noted")),
        _LANGUAGE,
        _NAME,
    ),
    Role.REPORT_READER: (
        Try(_("Take {Beds: capacity} along as a file, with HXL tags."), "report_capacity", ("reports.list_exported",)),
        Try(_("Make a {Report to donors} for the last month."), "report_donor", ("reports.donor_report_made",)),
        Try(
            _("Under {Sign-in and security}, set up one-time codes."),
            "mfa_index",
            ("accounts.one_time_codes_added",),
        ),
        _LANGUAGE,
        _NAME,
    ),
    Role.DUPLICATE_REVIEWER: (
        Try(_("Look at {Duplicates}: who may be on file twice."), "duplicates", ("clients.pairs_listed",)),
        Try(_("Open a pair and compare it line by line."), "duplicates", ("clients.pair_seen",)),
        Try(_("Decide about it, and say why."), "duplicates", ("clients.pair_decided",)),
        _LANGUAGE,
        _NAME,
    ),
}


def role_of(held: Collection[Permission]) -> Role | None:
    """Return for which role the list is, of those that somebody with these permissions holds."""
    return next((role for role in FIRST_HOUR if DEFINITIONS[role].permissions <= set(held)), None)


def tried(user: User, tries: Collection[Try]) -> Iterator[tuple[Try, bool]]:
    """Go through what there is to try, with whether it is done. One query.

    The demo is built in the names of its users: what they did before anybody signed in as them ticks nothing.
    """
    theirs = Event.objects.filter(actor_id=user.pk)
    first = theirs.filter(type=SIGNED_IN).order_by("pk").values("pk")[:1]
    asked = {event for it in tries for event in it.events}
    done = set(theirs.filter(pk__gt=Subquery(first), type__in=asked).values_list("type", flat=True).distinct())
    for it in tries:
        yield it, not done.isdisjoint(it.events)
