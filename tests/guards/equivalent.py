"""Filters that may be taken out and nobody sees or does anything else: each with the reason.

One that a test comes to notice, or that is not there any more, has to leave this table: `test_mutants.py` says so.
"""

EVERY_ROLE_OF_A_TEAM = "of memberships of a team: each role of a team carries this permission"
SPARES_WORK = "only spares looking at rows that what follows leaves out again"
ONLY_LOCKS = "only locks rows that nobody changes here beside those that are changed"
ASKED_THE_LONG_WAY = "only spares a longer way to ask the same, which says yes where this says no"
SAID_OF_ONE = "its columns ask of one person whatever row carries them"
LEADS_ON = "only says where to lead; what is there asks again who may see it"

EQUIVALENT = {
    "casework/clients/actions/cases.py _why_not_restrict: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/clients/audience.py told_of_cases: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/accounts/models/absence.py AbsenceQuerySet.changeable_by: without .carrying() (2)": EVERY_ROLE_OF_A_TEAM,
    "casework/lifecycle/leavers.py work_of: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/lifecycle/leavers.py hand_over: without caseworker=user": ONLY_LOCKS,
    "casework/reminders/counts.py _housing_of: without .filter(pk=user)": SAID_OF_ONE,
    "casework/reminders/deadlines.py _still_open: without .filter(user=user)": ASKED_THE_LONG_WAY,
    "casework/reminders/deadlines.py _still_open: without .running()": ASKED_THE_LONG_WAY,
    "casework/clients/who_sees.py _of_team: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/lifecycle/leaving.py _stays: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/lifecycle/leaving.py _seeing: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/reports/caseload.py _staff_of: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    # of those without a team, `OfferCaseForm` has no place to offer
    "casework/web/transfers/views.py _held: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/web/family/moves.py _viewers: without .carrying()": EVERY_ROLE_OF_A_TEAM,
    "casework/clients/actions/complaints.py has_handler: without .carrying()": SPARES_WORK,
    "casework/clients/actions/complaints.py has_handler: without .active()": SPARES_WORK,
    "casework/lifecycle/leaving.py _let_go: without members__user=user": SPARES_WORK,
    "casework/web/duplicates/views.py _where_they_stand: without .visible_to()": SPARES_WORK,
    "casework/web/duplicates/views.py _where_they_stand: without .visible_to() (2)": SPARES_WORK,
    "casework/web/access/views/emergency.py take_note: without .visible_to()": LEADS_ON,
    "casework/web/family/moves.py _made_before: without .changeable_by()": LEADS_ON,
}
