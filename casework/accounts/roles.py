"""The roles and what each may do, as data that a committee can read."""

from dataclasses import dataclass
from enum import StrEnum

from casework.lib.marking import gettext_noop as _


class Permission(StrEnum):
    """One thing a person may do. Whether they may do it to this case is asked of `clients.access`."""

    CASE_VIEW = "case_view"
    CASE_CHANGE = "case_change"
    CASE_ASSIGN = "case_assign"
    MESSAGES_VIEW = "messages_view"
    RULES_VIEW = "rules_view"
    RULES_DESK = "rules_desk"  # the desk of those who keep the rules, editors and reviewers alike
    RULES_EDIT = "rules_edit"
    RULES_REVIEW = "rules_review"
    ACCOUNTS_MANAGE = "accounts_manage"
    AUDIT_VIEW = "audit_view"
    REPORTS_VIEW = "reports_view"
    DONOR_REPORTS = (
        "donor_reports"  # make and read reports of the whole organisation to donors: no people, no small numbers
    )
    DUPLICATES_COMPARE = "duplicates_compare"  # two people side by side, both of whom one may see
    DUPLICATES_REVIEW = "duplicates_review"  # two people side by side who may be one, of whichever team
    COMPLAINTS_HANDLE = "complaints_handle"  # never a complaint about oneself
    PARTNERS_VIEW = "partners_view"
    PARTNERS_MANAGE = "partners_manage"  # the directory of partners, and what each offers where
    PROCESSING_VIEW = "processing_view"  # what is kept, why and how long: no people
    PROGRAMMES_MANAGE = "programmes_manage"  # streams, weights of scores, kinds of documents: no people
    HOUSING_VIEW = "housing_view"  # the places of the own team and what is free; who lives there is asked of the case
    HOUSING_PLACE = "housing_place"  # hold, book, check in, move, check out
    HOUSING_MANAGE = "housing_manage"  # sites, units, beds, leases, host offers, safety notes


class Role(StrEnum):
    CASEWORKER = "caseworker"
    COORDINATOR = "coordinator"
    POLICY_EDITOR = "policy_editor"
    POLICY_REVIEWER = "policy_reviewer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    REPORT_READER = "report_reader"
    DUPLICATE_REVIEWER = "duplicate_reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    label: str
    description: str
    permissions: frozenset[Permission]
    of_a_team: bool  # held for one team; otherwise for the whole organisation


P = Permission
DEFINITIONS: dict[Role, Definition] = {
    Role.CASEWORKER: Definition(
        label=_("Caseworker"),
        description=_("Logs cases and sees the cases of their own team."),
        permissions=frozenset(
            {
                P.CASE_VIEW,
                P.CASE_CHANGE,
                P.DUPLICATES_COMPARE,
                P.MESSAGES_VIEW,
                P.RULES_VIEW,
                P.PARTNERS_VIEW,
                P.HOUSING_VIEW,
                P.HOUSING_PLACE,
            }
        ),
        of_a_team=True,
    ),
    Role.COORDINATOR: Definition(
        label=_("Coordinator"),
        description=_("Sees the team's cases, assigns them and reads the team's reports."),
        permissions=frozenset(
            {
                P.CASE_VIEW,
                P.CASE_CHANGE,
                P.CASE_ASSIGN,
                P.DUPLICATES_COMPARE,
                P.MESSAGES_VIEW,
                P.RULES_VIEW,
                P.REPORTS_VIEW,
                P.COMPLAINTS_HANDLE,
                P.PARTNERS_VIEW,
                P.PARTNERS_MANAGE,
                P.PROCESSING_VIEW,
                P.HOUSING_VIEW,
                P.HOUSING_PLACE,
                P.HOUSING_MANAGE,
            }
        ),
        of_a_team=True,
    ),
    Role.POLICY_EDITOR: Definition(
        label=_("Policy editor"),
        description=_("Keeps the country rules. Sees no people."),
        permissions=frozenset({P.RULES_VIEW, P.RULES_DESK, P.RULES_EDIT}),
        of_a_team=False,
    ),
    Role.POLICY_REVIEWER: Definition(
        label=_("Policy reviewer"),
        description=_("Reviews the country rules that another person drafted. Sees no people."),
        permissions=frozenset({P.RULES_VIEW, P.RULES_DESK, P.RULES_REVIEW}),
        of_a_team=False,
    ),
    Role.ADMINISTRATOR: Definition(
        label=_("Administrator"),
        description=_("Keeps users, teams and settings. Sees no people."),
        permissions=frozenset(
            {
                P.ACCOUNTS_MANAGE,
                P.RULES_VIEW,
                P.PARTNERS_VIEW,
                P.PARTNERS_MANAGE,
                P.PROGRAMMES_MANAGE,
                P.PROCESSING_VIEW,
            }
        ),
        of_a_team=False,
    ),
    Role.AUDITOR: Definition(
        label=_("Auditor"),
        description=_("Sees who did and saw what, not what it says."),
        permissions=frozenset({P.AUDIT_VIEW, P.PROCESSING_VIEW}),
        of_a_team=False,
    ),
    Role.REPORT_READER: Definition(
        label=_("Report reader"),
        description=_("Reads figures in which small numbers are hidden, and makes the reports to donors."),
        permissions=frozenset({P.REPORTS_VIEW, P.DONOR_REPORTS}),
        of_a_team=False,
    ),
    Role.DUPLICATE_REVIEWER: Definition(
        label=_("Duplicate reviewer"),
        description=_(
            "Compares people whom two teams may both have registered. Sees of them what it takes to compare."
        ),
        permissions=frozenset({P.DUPLICATES_COMPARE, P.DUPLICATES_REVIEW}),
        of_a_team=False,
    ),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that carry `permission`."""
    return frozenset(role for role, it in DEFINITIONS.items() if permission in it.permissions)


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, it.label) for role, it in DEFINITIONS.items()]
