"""What a sheet tells a person to do. Plain words, because they are tired and this may be their second language."""

from django.utils.translation import gettext_noop as _

from casework.residency.rules.kinds import DUTY_LABELS, Duty

# Said instead of the names by which staff know a duty.
DO: dict[Duty, str] = {
    Duty.LEAVE: _("Leave this country, or have a permit to stay"),
    Duty.REGISTER: _("Register your stay"),
    Duty.NOTIFY_ARRIVAL: _("Ask your host to report your arrival"),
    Duty.REGISTER_ADDRESS: _("Register your new address"),
    Duty.RENEW_REGISTRATION: _("Renew your registration"),
    Duty.APPLY_RESIDENCE: _("Apply for a residence permit"),
    Duty.EXTEND_STAY: _("Apply to stay longer"),
    Duty.RENEW_PERMIT: _("Apply to renew your permit"),
    Duty.KEEP_DOCUMENT: _("Renew your passport or document"),
    Duty.RETURN: _("Come back to this country, or you may lose your permit"),
}
_IDENTITY = _("Bring: your passport.")
_REGISTERING = _("Bring: your passport and your address. The owner of the flat may have to come too.")
_PAPERS = _("Bring: your passport, your registration and your permit, if you have them.")
BRING: dict[Duty, str] = {
    Duty.REGISTER: _REGISTERING,
    Duty.NOTIFY_ARRIVAL: _REGISTERING,
    Duty.REGISTER_ADDRESS: _REGISTERING,
    Duty.RENEW_REGISTRATION: _REGISTERING,
    Duty.APPLY_RESIDENCE: _PAPERS,
    Duty.EXTEND_STAY: _PAPERS,
    Duty.RENEW_PERMIT: _PAPERS,
    Duty.KEEP_DOCUMENT: _IDENTITY,
}
_OFFICE = _("Where: the migration office. Ask us which one, and when it is open.")
WHERE: dict[Duty, str] = dict.fromkeys(
    (
        Duty.REGISTER,
        Duty.NOTIFY_ARRIVAL,
        Duty.REGISTER_ADDRESS,
        Duty.RENEW_REGISTRATION,
        Duty.APPLY_RESIDENCE,
        Duty.EXTEND_STAY,
        Duty.RENEW_PERMIT,
    ),
    _OFFICE,
) | {Duty.KEEP_DOCUMENT: _("Where: ask us first. Do not go to your consulate if you are afraid of it.")}

TITLE = _("What to do, and by when")
FOR_DAY = _("As of %(day)s")
BY = _("By %(day)s")
OVERDUE = _("This day has passed. Call us now.")
TODAY = _("This is today.")
UNKNOWN = _("We do not know the day yet. Call us.")
ONLY_IF = _("Only if you want this.")
ONLY_IF_HERE = _("Only if you are still here after %(day)s.")
OTHER = _("The law is not clear. Some read it as %(day)s. Keep the earlier day.")
OTHER_BY_FACTS = _("We do not know all your days. It may also be %(day)s. Keep the earlier day.")
NOT_REVIEWED = _("No lawyer has checked this day yet. Ask us.")
DISAGREE = _("The sources say different things, and no lawyer has checked this day yet. Ask us.")
SET = _("An authority has set this day.")
NOTHING = _("Nothing is due that we know of.")
CHANGES = _("Tell us if you travel, move, or get a new paper or stamp: then the days change.")
CAVEAT = _("This is information, not legal advice. Laws change. Ask us before you decide.")
REACH = _("How to reach us")
MADE = _("Made on %(day)s")
NAME = _("Your name")
APPOINTMENTS = _("Your next appointments")
AT = _("%(time)s, time of %(city)s")
UNCLEAR = _("Ask us to confirm the hour.")
PRINT = _("Print %(number)s")

# Everything that a sheet may say, for the catalogues and for the test that looks through them.
FIXED = (
    TITLE,
    FOR_DAY,
    BY,
    OVERDUE,
    TODAY,
    UNKNOWN,
    ONLY_IF,
    ONLY_IF_HERE,
    OTHER,
    OTHER_BY_FACTS,
    NOT_REVIEWED,
    DISAGREE,
    SET,
    NOTHING,
    CHANGES,
    CAVEAT,
    REACH,
    MADE,
    NAME,
    APPOINTMENTS,
    AT,
    UNCLEAR,
    PRINT,
)
SENTENCES = tuple(dict.fromkeys((*FIXED, *DO.values(), *BRING.values(), *WHERE.values(), *DUTY_LABELS.values())))
