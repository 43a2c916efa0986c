"""Who took it along stands on everything that is printed or taken along, but for what is handed to somebody."""

import re

from tests.guards.source import CODE, ROOT

# Handed to the person, to a partner or an authority: it names nobody of the staff, and carries the number of its event.
HANDED_OVER = {
    "referrals/referral_letter.html",
    "sheet/client_sheet.html",
    "onward/onward_sheet.html",
    "custody/receipt.html",
    "complaints/complaint_receipt.html",
    "erasure/confirmation.html",
    "housing/house_rules.html",
    "appointments/slip.html",
    "consent_form/consent_form.html",
}
# Pages that stand on no other: of errors, of forms in the admin, and the one that says nothing.
BARE = {"plain.html", "sign_in/left.html", "admin/search_form.html"}
# Who answers with a file, by the mark that it carries.
MARKED = {
    "web/own_copy/views.py",
    "web/exports/views/case.py",
    "web/exports/views/lists.py",
    "web/impact/views.py",
    "web/imports/views/files.py",
    "web/reports/answering.py",
}
NUMBERED = {
    "web/channels/views.py",
    "web/client_messages/views.py",
    "web/sheet/views.py",
    "web/consent_form/views.py",
    "web/documents/views/serving.py",
}
# Days and hours without people, for the calendar of the reader.
FOR_A_CALENDAR = {"web/calendar/views.py"}
# For programs: the description of their interface, and figures in tens, which the event of their token names.
FOR_PROGRAMS = {"api/pages.py", "api/views/capacity.py"}
# Reference data without people, which go back in as they came out.
OF_RULES = {"residency/admin_tables.py"}

TEMPLATES = ROOT / "templates"


def test_every_page_is_printed_with_a_mark_but_for_what_is_handed_over() -> None:
    without = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.name != "base.html" and "{% block printed_by %}" in path.read_text("utf-8")
    }

    assert without == HANDED_OVER
    assert "print_mark" in (TEMPLATES / "base.html").read_text("utf-8")


def test_no_page_stands_on_its_own_without_saying_why() -> None:
    alone = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if "<html" in path.read_text("utf-8") or "{% extends" not in path.read_text("utf-8")
        if not path.name.startswith("_")
        and path.parts[len(TEMPLATES.parts)] not in {"components", "allauth", "bootstrap5"}
    }

    assert {name for name in alone - BARE if "<html" in (TEMPLATES / name).read_text("utf-8")} <= {"base.html", *BARE}


def test_every_file_that_is_handed_out_carries_a_mark_or_a_number() -> None:
    files = {path.relative_to(CODE).as_posix(): path.read_text("utf-8") for path in CODE.rglob("*.py")}
    answering = {
        name
        for name, text in files.items()
        if re.search(r"handed_over\(|Content-Disposition|as_attachment", text) and name != "web/exports/files.py"
    }

    assert answering == MARKED | NUMBERED | FOR_A_CALENDAR | FOR_PROGRAMS | OF_RULES
    assert {name for name in MARKED if "about_file(" not in files[name]} == set()
