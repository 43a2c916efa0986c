"""The guide of the report reader."""

from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Role

from ..shape import Guide, HowTo, Step, Trouble

GUIDE = Guide(
    key="report-reader",
    roles=(Role.REPORT_READER,),
    title=_("Report reader: guide"),
    home="reports",
    now=_(
        "{Reports} lists what can be read. You see figures of the whole organisation; small numbers of people are hidden, and nobody is named."
    ),
    how_to=(
        HowTo(
            title=_("Read how many beds there are"),
            steps=(
                Step(
                    _("Choose {Beds: capacity}; another day and another stretch are in the form above."),
                    page="report_capacity",
                ),
                Step(
                    _("{Beds: forecast} says what comes: leases that end, people who are expected."),
                    page="report_forecast",
                ),
            ),
        ),
        HowTo(
            title=_("Make a report to donors"),
            steps=(
                Step(_("Choose {Report to donors}, then {Make a report to donors}."), page="report_donor"),
                Step(
                    _(
                        "Choose the month or quarter. It is made once and kept as it is, so that two readers hold the same numbers."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("See how many people could not be given a bed"),
            steps=(
                Step(_("Choose {Turn-aways}: by reason, town and month."), page="report_turn_aways"),
                Step(_("{Crowding} says how much floor each person has."), page="report_crowding"),
            ),
        ),
        HowTo(
            title=_("Take figures along with HXL tags"),
            steps=(
                Step(_("Open a report and, at its end, {Take this report along}."), page="reports"),
                Step(
                    _(
                        "Tick {With a row of HXL tags} and choose XLSX, PDF or one table as CSV. It is kept on record that you took it."
                    )
                ),
            ),
        ),
        HowTo(
            title=_("Read what beds cost and how long people stay"),
            steps=(
                Step(_("{Rents}: what a bed costs a month, by town and currency."), page="report_rents"),
                Step(_("{Length of stay}: for how long people stayed, by kind of site."), page="report_stays"),
            ),
        ),
    ),
    troubles=(
        Trouble(
            problem=_("A number is hidden."),
            advice=_(
                "From 1 to 7 people could be recognised, so the number is not shown, nor others that would give it away. Ask for a longer time or a larger group."
            ),
        ),
        Trouble(
            problem=_("Two reports do not agree."),
            advice=_(
                "Look at what stands above each table: whose figures, of which day, what is counted. A report to donors keeps the numbers of the day on which it was made."
            ),
        ),
    ),
)
