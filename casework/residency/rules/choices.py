"""The words that parameters choose from: the value that is stored, and its English label."""

from casework.lib.marking import gettext_noop as _

DOCUMENT_KINDS: dict[str, str] = {
    "internal_passport": _("internal passport"),
    "international_passport": _("international passport"),
    "international_passport_non_biometric": _("international passport without a chip"),
    "birth_certificate": _("birth certificate"),
    "refugee_travel_document": _("refugee travel document"),
    "stateless_travel_document": _("travel document for stateless persons"),
    "identity_card": _("identity card"),
    "residence_card": _("residence card"),
    "asylum_certificate": _("certificate of an asylum seeker"),
    "refugee_certificate": _("refugee certificate"),
    "registration_slip": _("slip of a registration"),
    "migration_card": _("migration card"),
    "marriage_certificate": _("marriage certificate"),
    "military_card": _("military card"),
    "driving_licence": _("driving licence"),
    "tax_number": _("certificate of a tax or personal number"),
    "power_of_attorney": _("power of attorney"),
    "court_paper": _("decision or summons"),
    "education": _("school or university certificate"),
    "medical": _("medical paper"),
    "other": _("other document"),
}

PERMIT_KINDS: dict[str, str] = {
    "temporary_residence": _("temporary residence"),
    "permanent_residence": _("permanent residence"),
    "visa": _("visa"),
    "stay_extension": _("extension of stay"),
    "temporary_protection": _("temporary protection"),
    "humanitarian": _("humanitarian residence"),
    "precaria": _("provisional residence (precaria)"),
    "digital_nomad": _("digital nomad"),
    "other": _("other permit"),
}

PURPOSES: dict[str, str] = {
    "private": _("private"),
    "work": _("work"),
    "study": _("study"),
    "business": _("business"),
    "family": _("family"),
    "medical": _("medical treatment"),
    "missionary": _("missionary work"),
    "humanitarian": _("humanitarian"),
    "transit": _("transit"),
}

UNITS: dict[str, str] = {
    "calendar_days": _("calendar days"),
    "working_days": _("working days"),
    "hours": _("hours"),
}

DAY_ONES: dict[str, str] = {
    "entry_day": _("the day of the event is day one"),
    "day_after_entry": _("the day after the event is day one"),
    "unclear": _("the text does not say; the earlier reading drives, the other is shown"),
}

MONTH_ENDS: dict[str, str] = {
    "last_day": _("the last day of that month"),
    "next_day": _("the day after the last day of that month"),
}

PERIOD_ENDS: dict[str, str] = {
    "corresponding_date": _("the day of the same number"),
    "day_before": _("the day before it: the day of the start is day one"),
}

TRAVEL_DAYS: dict[str, str] = {
    "absent": _("they are days of absence"),
    "present": _("they are days of presence"),
}

ACTORS: dict[str, str] = {
    "self": _("the person"),
    "host": _("the host"),
    "self_or_host": _("the person or the host"),
    "self_with_host_consent": _("the person, and the host confirms"),
    "employer": _("the employer"),
    "inviting_party": _("the inviting party"),
}

TRIGGERS: dict[str, str] = {
    "entry": _("entry"),
    "address_change": _("change of address"),
    "exceeding_days": _("staying longer than a number of days"),
}

RISK_LEVELS: dict[str, str] = {
    "unknown": _("unknown"),
    "low": _("low"),
    "elevated": _("elevated"),
    "high": _("high"),
    "critical": _("critical"),
}

RISK_PROFILES: dict[str, str] = {
    "draft_evader": _("draft evader"),
    "deserter": _("deserter or serviceman"),
    "wanted_person": _("wanted person"),
    "activist": _("activist"),
    "journalist": _("journalist"),
    "lgbtq": _("LGBTQ+ person"),
    "other": _("other profile"),
}

RISK_MECHANISMS: dict[str, str] = {
    "formal_extradition": _("formal extradition"),
    "handover": _("handover without a procedure"),
    "deportation": _("deportation"),
    "abduction": _("abduction"),
    "refused_entry": _("refused entry or residence"),
    "wanted_database": _("database of wanted persons"),
    "consular_pressure": _("pressure by a consulate"),
}

NOTE_TOPICS: dict[str, str] = {
    "limit": _("limit of the stay"),
    "extension": _("extension of the stay"),
    "visa": _("visas"),
    "document_renewal": _("renewal of documents"),
    "document_risk": _("risk to documents"),
    "other": _("other"),
}
