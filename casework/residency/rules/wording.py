"""What steps and warnings say, as English templates for translation: `gettext(STEPS[code]) % values`.

Keys that end in `_on` are ISO days and are shown with the month in words; `days_on` is a list of them.
`country`, `jurisdiction`, `other_country` are codes of countries or zones; `nationality` and `replaced` codes of
countries or groups, or `*`; `duty`, `kind`, `legal_status`, `permit_kind`, `document_kind`, `application_kind`, `unit`,
`level`, `profiles` and `mechanisms` codes of their own lists. The page puts words in their place before it fills
the template.
"""

from casework.lib.marking import gettext_noop as _

STEPS: dict[str, str] = {
    # Facts
    "entered": _("Entered %(country)s on %(entered_on)s."),
    "entry_planned": _("The entry into %(country)s is planned for %(entered_on)s."),
    "entered_between": _(
        "Entered %(country)s on an unknown day between %(earliest_on)s and %(latest_on)s; the earlier day is taken."
    ),
    "entry_assumed": _(
        "The day of entry into %(country)s is not known; the earliest that is possible is taken: %(entered_on)s."
    ),
    "entered_after_change": _(
        "The rule changed between the days on which they may have entered. If they entered from %(since_on)s on, there is "
        "less time: that is counted."
    ),
    "entry_unknown": _("The day of entry into %(country)s is not known, and nothing on record bounds it."),
    "stay_counted": _("Counted: %(days)s days in %(country)s, %(first_on)s to %(last_on)s."),
    "stay_counted_at_worst": _(
        "Counted: %(days)s days in %(country)s, %(first_on)s to %(last_on)s. The entry or the exit is not known exactly; "
        "the worse reading is taken."
    ),
    "stay_not_counted": _(
        "Not counted, because the stay rested on a permit, a visa or an application: %(days)s days in %(country)s, "
        "%(first_on)s to %(last_on)s."
    ),
    "left": _("Left %(country)s on %(left_on)s."),
    "left_between": _(
        "Left %(country)s on an unknown day between %(earliest_on)s and %(latest_on)s; %(left_on)s is taken."
    ),
    "left_assumed": _("The day of exit from %(country)s is not known; %(left_on)s is taken."),
    "moved": _("Moved to another address on %(moved_on)s."),
    "registered": _("Registered on %(registered_on)s."),
    "registration_ends": _("The registration is valid until %(until_on)s."),
    "permit_ends": _("The permit (%(permit_kind)s, %(country)s) is valid until %(until_on)s, as printed."),
    "visa_days_not_recorded": _(
        "A visa may allow fewer days than there are until its last day. How many it allows is not recorded: look at the visa."
    ),
    "permit_end_unknown": _("The last day of the permit (%(permit_kind)s, %(country)s) is not recorded."),
    "permit_extended_by_law": _(
        "The permit was valid on %(valid_on)s, so the law extends it from %(until_on)s to %(extended_on)s without a new card."
    ),
    "permit_since": _("Holds a permit in %(country)s without a break since %(since_on)s."),
    "permit_time_added": _(
        "Time with permits in %(country)s, without the breaks between them, as if it had begun on %(since_on)s."
    ),
    "present_since": _("Has been in %(country)s without a break since %(since_on)s."),
    "document_expires": _("The document (%(document_kind)s) is valid until %(until_on)s."),
    "stay_may_last": _("The stay may last until %(last_on)s."),
    # Rules
    "rule_consecutive_days": _("%(jurisdiction)s: at most %(days)s days in a row, counted from the entry."),
    "rule_rolling_window": _("%(jurisdiction)s: at most %(days)s days in any %(window_days)s days."),
    "rule_anchored_window": _(
        "%(jurisdiction)s: at most %(days)s days in a period of %(window_days)s days that begins with the first entry."
    ),
    "rule_calendar_year": _("%(jurisdiction)s: at most %(days)s days in a calendar year."),
    "rule_period_from_entry": _("%(jurisdiction)s: at most %(count)s %(unit)s from the entry."),
    "rule_until_date": _("%(jurisdiction)s: the stay is lawful until %(until_on)s."),
    "rule_register_within_calendar_days_entry_day": _(
        "%(jurisdiction)s: due within %(count)s calendar days; the day of the event is day one."
    ),
    "rule_register_within_calendar_days_day_after_entry": _(
        "%(jurisdiction)s: due within %(count)s calendar days; the day after the event is day one."
    ),
    "rule_register_within_working_days_entry_day": _(
        "%(jurisdiction)s: due within %(count)s working days; the day of the event is day one."
    ),
    "rule_register_within_working_days_day_after_entry": _(
        "%(jurisdiction)s: due within %(count)s working days; the first working day after the event is day one."
    ),
    "rule_register_within_hours_entry_day": _(
        "%(jurisdiction)s: due within %(count)s hours of the event; its hour is not recorded, so they run from midnight."
    ),
    "rule_register_within_hours_day_after_entry": _(
        "%(jurisdiction)s: due within %(count)s hours, counted from the day after the event."
    ),
    "rule_register_within_calendar_days_unclear": _(
        "%(jurisdiction)s: due within %(count)s calendar days; the text does not say which day is day one."
    ),
    "rule_register_within_working_days_unclear": _(
        "%(jurisdiction)s: due within %(count)s working days; the text does not say which day is day one."
    ),
    "rule_register_within_hours_unclear": _(
        "%(jurisdiction)s: due within %(count)s hours; the text does not say from when they run."
    ),
    "rule_registration_exemption": _("%(jurisdiction)s: no registration for stays of up to %(days)s days."),
    "rule_renew_every": _("%(jurisdiction)s: must be renewed every %(count)s %(unit)s."),
    "rule_renewal_window": _("%(jurisdiction)s: due no later than %(count)s %(unit)s before the end."),
    "rule_document_validity": _("%(jurisdiction)s: the document must be valid for %(count)s more %(unit)s."),
    "rule_max_absence": _("%(jurisdiction)s: the status is lost by an absence of more than %(days)s days."),
    "rule_cooldown": _("%(jurisdiction)s: entry again only after %(days)s days away."),
    "rule_eligible_after": _("%(jurisdiction)s: possible after %(count)s %(unit)s."),
    # Why this rule and this version of it
    "exception_stands": _("An exception: on its days it takes the place of the rule that holds otherwise."),
    "replaces_everybodys": _(
        "A rule for %(nationality)s takes the place of this one, which is for everybody who has no rule of their own."
    ),
    "replaces_groups": _("A rule for %(nationality)s takes the place of this one, which is for %(replaced)s."),
    "version_on_entry_between": _(
        "The version for entries from %(since_on)s to %(until_on)s applies, because the entry was on %(entered_on)s."
    ),
    "version_on_entry_since": _(
        "The version for entries since %(since_on)s applies, because the entry was on %(entered_on)s."
    ),
    "version_on_entry_until": _(
        "The version for entries until %(until_on)s applies, because the entry was on %(entered_on)s."
    ),
    "version_on_each_day_between": _(
        "The rule holds on each day from %(since_on)s to %(until_on)s, whenever one entered (here on %(entered_on)s)."
    ),
    "version_on_each_day_since": _(
        "The rule holds on each day since %(since_on)s, whenever one entered (here on %(entered_on)s)."
    ),
    "version_on_each_day_until": _(
        "The rule holds on each day until %(until_on)s, whenever one entered (here on %(entered_on)s)."
    ),
    "version_by_cohort": _("Who entered before %(before_on)s may stay until %(until_on)s."),
    "printed_end_holds": _("The end that is printed holds: %(until_on)s."),
    # Arithmetic
    "days_used": _("Used up on %(asof_on)s: %(days_used)s of %(days_allowed)s days."),
    "days_stayed": _("Days of this stay on %(asof_on)s: %(days_used)s."),
    "last_lawful_day": _("The last lawful day is %(last_on)s."),
    "limit_broken": _("The limit has been exceeded since %(first_on)s."),
    "other_limit": _("Under this rule alone the last lawful day would be %(last_on)s."),
    "other_limit_not_reached": _("This rule alone would not end the stay, or is broken already."),
    "without_plans": _("Planned stays are kept lawful; if they are given up, the last lawful day is %(last_on)s."),
    "plans_left_out": _(
        "No day of this stay leaves the planned stays lawful as they are; they are left out of this date."
    ),
    "days_off": _("Not working days in %(calendar)s: %(days_on)s."),
    "holidays_skipped": _("Holidays among them: %(days_on)s."),
    "weekends_worked": _("Days of the weekend that were worked in %(calendar)s, and counted: %(days_on)s."),
    "days_set_here": _("Days of this calendar that were set here, over what is published: %(days_on)s."),
    "calendar_may_change": _(
        "In %(calendar)s days of the weekend are often worked in place of others. None is known of %(year)s yet, so the date "
        "may move."
    ),
    "calendar_used": _("Working days of %(calendar)s as known to this edition: %(edition)s."),
    "days_off_estimated": _("The dates of these holidays are estimates and may move: %(days_on)s."),
    "extends_to": _("An extension granted by then lasts until %(until_on)s: %(count)s %(unit)s more."),
    "only_if_here_after": _("Only for those who stay after %(last_on)s."),
    "opens": _("Possible from %(opens_on)s."),
    "due": _("Due by %(due_on)s."),
    "other_due": _("By this rule it would be due by %(due_on)s."),
    "document_from_age": _("From %(opens_on)s, at the age of %(age)s, entry on this document: %(document_kind)s."),
    # Other readings
    "alternative_by_facts": _(
        "If what is not known or not stated is read in the better way, the date is %(alternative_on)s."
    ),
    "alternative_by_day_one": _(
        "The day of the event is taken as day one, which is the earlier reading; if the next day is day one, the date is "
        "%(alternative_on)s."
    ),
    "alternative_by_working_day": _(
        "The event was on a day off; counted from the next working day, the date is %(alternative_on)s."
    ),
    "alternative_by_hour": _("Counted from the last hour of the day, the date is %(alternative_on)s."),
    "alternative_by_month_end": _(
        "The month has no such day; if the day after its last is meant, the date is %(alternative_on)s."
    ),
    "alternative_by_travel_days": _(
        "If the days of travel are not counted as absence, the date is %(alternative_on)s."
    ),
    # How sure it is
    "not_legally_reviewed": _("No lawyer has reviewed this rule yet."),
    "sources_disagree": _("The sources disagree; the earliest date is used. A lawyer must look at this."),
}

WARNINGS: dict[str, str] = {
    # Facts
    "entry_unknown": _("The day of entry is not known, so no date can be computed."),
    "entry_not_exact": _("The day of entry is not known exactly; the worse reading is counted."),
    "exit_missing": _("A later stay has begun, but no exit is recorded for this one."),
    "exit_not_exact": _("The day of exit is not known exactly; the worse reading is counted."),
    "plan_not_confirmed": _(
        "The entry was planned for %(entry_on)s, and nobody has recorded whether it took place. Its dates are shown as if "
        "it had; those of a stay before it go on until an exit is recorded."
    ),
    "planned_exit_missing": _("The planned stay has no exit; only its first day is counted."),
    "stays_overlap": _("From %(first_on)s to %(last_on)s another stay, in %(other_country)s, is recorded as well."),
    "nationality_unknown": _("No nationality is recorded; only rules for everybody are applied."),
    "own_national": _(
        "A national of this country, or of a member of its zone: the limits for foreigners do not apply."
    ),
    "permit_not_recorded": _("The stay rests on a permit or visa, but none is recorded that is valid."),
    "permit_end_unknown": _("The last day of the permit is not recorded."),
    "visa_days_not_recorded": _(
        "A visa may allow fewer days than there are until its last day. How many it allows is not recorded: look at the visa."
    ),
    "application_not_recorded": _(
        "The stay rests on an application, but none is recorded that keeps it lawful; the date stands."
    ),
    # Law
    "no_rule_recorded": _(
        "No rule about the length of stay is recorded for %(nationality)s. That does not mean there is none."
    ),
    "no_rule_for_that_day": _(
        "Rules are recorded for %(nationality)s, but none that was in force for a stay begun on %(day_on)s."
    ),
    "calendar_unknown": _("No calendar of working days is known for %(calendar)s, so no date can be computed."),
    "calendar_not_covered": _("The holidays of %(calendar)s in %(year)s are not known; only weekends were left out."),
    "no_day_lawful": _("No day of this stay is lawful: the limits were used up before it began."),
    "overstayed": _("%(days)s days of this stay were not lawful, %(first_on)s to %(last_on)s."),
    "overstayed_at_worst": _(
        "By the worse reading of what is not known %(days)s days of this stay were not lawful, %(first_on)s to %(last_on)s; "
        "by the better one %(sure_days)s."
    ),
    "rule_change_scheduled": _("The law changes on %(valid_on)s, before this stay must end."),
    "rule_not_yet_law": _("A change is %(legal_status)s, but is not law."),
    "application_effect_unknown": _(
        "An application (%(application_kind)s) is pending. Whether it keeps the stay lawful is not known; the date stands."
    ),
    "leave_suspended": _("A pending application (%(application_kind)s) keeps the stay lawful."),
    "leave_suspended_until_decided": _(
        "A pending application (%(application_kind)s) keeps the stay lawful. Without it the last day would be %(due_on)s."
    ),
    "plan_cannot_be_kept": _("With the days of this stay, what is planned can no longer be kept as it is."),
    "plan_too_early": _("The planned entry is too early: one may enter again from %(opens_on)s."),
    "document_expires_too_soon": _(
        "The document (%(document_kind)s) must be valid until %(needed_on)s for this entry."
    ),
    "plan_too_long": _("The planned stay until %(exit_on)s is too long: its last lawful day is %(last_on)s."),
    "entry_ban": _("An entry ban holds on %(entry_on)s; there are exceptions."),
    "visa_required": _("A visa is needed for the entry on %(entry_on)s."),
    "entry_authorisation_needed": _("An authorisation is needed before the entry on %(entry_on)s."),
    "entry_refusals_reported": _("Refusals at the border are reported; the entry is planned for %(entry_on)s."),
    "document_refused": _("This document is refused for the entry on %(entry_on)s: %(document_kind)s."),
    "document_not_accepted": _(
        "This document is not among those accepted for the entry on %(entry_on)s: %(document_kind)s."
    ),
    "document_not_at_this_age": _(
        "At that age this document is not accepted for the entry on %(entry_on)s: %(document_kind)s."
    ),
    "children_need_another_document": _(
        "Children need another document for the entry on %(entry_on)s than this one: %(document_kind)s."
    ),
    "document_would_be_refused": _("The document used to enter would not be accepted today: %(document_kind)s."),
    # Places
    "owner_consent_missing": _("The owner of this home does not consent to registration here."),
    "area_closed": _("This home lies in an area that is closed to new permits."),
    # Risk
    "return_risk": _("Recorded risk of being returned: %(level)s. For: %(profiles)s. How: %(mechanisms)s."),
    "return_risk_unknown": _("The risk of being returned from here is not known. That does not mean it is low."),
}
