"""The guide of the coordinator."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="coordinator",
    roles=(Role.COORDINATOR,),
    title=_("Coordinator: guide"),
    home="home",
    now=_(
        "Your start page says what waits in your team: what is overdue and whose, cases that nobody looks after, free beds."
    ),
    how_to=(
        HowTo(
            title=_("Place a family"),
            steps=(
                Step(_("Choose {Housing} in the navigation."), page="housing_board"),
                Step(_("Choose {Waiting list}: who comes first, and why."), page="housing_waiting"),
                Step(_("Choose {Find beds} beside the family.")),
                Step(
                    _("Choose {Place them there} on the rooms that fit; what is in the way of the others stands below.")
                ),
                Step(
                    _(
                        "Look at the days and press {Place them there}. A family that is not on the list is placed from the tab {Housing} of its case."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Hand over a colleague's caseload"),
            steps=(
                Step(_("Choose {Somebody leaves} in the navigation, then the colleague."), page="leavers"),
                Step(_("Choose who takes what and press {Show what will happen}. Nothing is changed yet.")),
                Step(_("Read it, and press {Hand over and end their access now}. It can be undone.")),
                Step(
                    _("Only on holiday? {Who is away} lets somebody stand in, and everything comes back by itself."),
                    page="absences",
                ),
            ),
        ),
        HowTo(
            title=_("Give a case to somebody"),
            steps=(
                Step(_("Open {Cases} and filter for those that nobody looks after."), page="cases"),
                Step(
                    _(
                        "On the page of the case, choose {Assign this case}. The report {Caseload} shows who has how much."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Export this month's capacity with HXL tags"),
            steps=(
                Step(_("Choose {Reports}, then {Beds: capacity}."), page="report_capacity"),
                Step(_("Choose {This month}.")),
                Step(
                    _(
                        "Open {Take this report along}, tick {With a row of HXL tags}, and choose XLSX or one table as CSV."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("See who may see a case, and who did"),
            steps=(
                Step(_("At the foot of the page of the case: {Who may see this case}."), page="cases"),
                Step(_("{Everything that was done with it} lists every look and every change, with the name.")),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("A placement is refused."),
            advice=_(
                "The sentence says what is in the way, such as somebody who is there until a day. Choose other days or another room; what you typed is kept."
            ),
        ),
        Trouble(
            problem=_("Somebody left in anger, or an account may be in wrong hands."),
            advice=_(
                "Tell an administrator at once: {Disable this account} ends every session. Hand over the cases afterwards."
            ),
        ),
    ),
)
