"""Nobody's data lies anywhere at rest: one invented person goes through the application and is then looked for."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import redis
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from PIL import Image

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.actions import needs
from casework.clients.models import Case, Client, EmergencyAccess, Import, SightNotice, SuspectedPair, TimedAccess
from casework.config.celery import app as celery
from casework.documents import actions as documents
from casework.documents.models import Document, ScanPage
from casework.housing import actions as housing
from casework.lib.dates import Birth, today_in
from casework.lib.ids import new_id
from casework.lifecycle.erasure import acts as erasing
from casework.lifecycle.importing.work import carry_out as import_rows
from casework.reminders import actions as reminders
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from casework.reports.actions import sweep_exports
from casework.reports.models import Export
from casework.residency import actions as residency
from casework.residency.models import Deadline
from casework.web.exports.case_parts import PARTS
from casework.web.exports.work import carry_out
from tests.api.programs import Program
from tests.factories.accounts import PASSWORD, make_team, make_user
from tests.factories.clients import make_address, make_contact
from tests.factories.housing import book as book_beds
from tests.factories.housing import make_beds, make_block, make_host, make_lease, make_offer, make_request, make_site
from tests.factories.needs import make_need, make_service
from tests.factories.referrals import make_complaint, make_incoming, make_partner, make_referral
from tests.factories.residency import make_registration, make_rule, make_stay
from tests.factories.safety import make_consent, make_never_contact
from tests.factories.scans import drawn, encoded
from tests.reminders.deadlines import at_any_hour

from .leakscan import CANARY, SHORTEST, files, leaks, needles, tables

FORMS = needles(CANARY)
FAMILY_NAME = "Зяблицев-Канарейкин"
PHONE, NUMBER = CANARY.numbers
EMAIL, STREET, SECRET, REASON = CANARY.phrases


def _photo() -> bytes:
    """A photo that carries the canary in everything beside its pixels."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x010F] = f"{SECRET} {FAMILY_NAME}"
    return encoded(drawn((400, 300)), exif=exif, comment=FAMILY_NAME.encode())


# Made before any log is kept: the library that makes it would write there what it writes into a picture.
PHOTO = _photo()


class Watched(Browser):
    """A browser that remembers what stays behind on the way: addresses, titles and the pages of errors."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.left_behind = io.BytesIO()

    def request(self, **asked: Any) -> Any:
        response = super().request(**asked)
        shown = b"" if response.streaming else response.content
        page = shown if response.status_code >= 400 else b"".join(_titles(shown))
        seen = f"{asked['PATH_INFO']} {asked.get('QUERY_STRING', '')} {dict(response.headers)}"
        self.left_behind.write(seen.encode() + b"\n" + page + b"\n")
        return response


def _titles(page: bytes) -> list[bytes]:
    return re.findall(rb"<title>.*?</title>", page, re.DOTALL)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that is said to a log where an operator asks for as much as the settings give."""
    path = tmp_path / "log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)r"))
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
def broker(settings: LazySettings) -> Iterator[redis.Redis]:
    """A database of the real broker that no worker reads, so that what is queued stays to be looked at."""
    address = urlparse(settings.CELERY_BROKER_URL)
    if address.scheme == "redis+socket":
        store, url = redis.Redis(unix_socket_path=address.path, db=13), f"{settings.CELERY_BROKER_URL}?virtual_host=13"
    else:
        store = redis.Redis(host=address.hostname or "localhost", port=address.port or 6379, db=13)
        url = address._replace(path="/13").geturl()
    store.flushdb()
    before = celery.conf.broker_url, celery.conf.broker_write_url
    celery.conf.broker_url = celery.conf.broker_write_url = url
    celery._pool = celery.amqp._producer_pool = None
    yield store
    celery.conf.broker_url, celery.conf.broker_write_url = before
    celery._pool = celery.amqp._producer_pool = None
    store.flushdb()
    store.close()


@pytest.fixture
def team() -> Team:
    make_rule(
        "register_within", {"n": 3, "unit": "working_days", "day_one": "entry_day", "calendar": "KZ"}, duty="register"
    )
    make_rule("consecutive_days", {"days": 30})
    return make_team(name="Almaty", country="KZ", time_zone="Asia/Almaty")


def a_week_of_work(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> tuple[Case, "Watched", User]:
    """The case of the canary as far as every test of copies begins with it; the browser and the worker who goes on."""
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    worker, browser = make_user(team=team), Watched()
    browser.post("/account/login/", {"login": worker.email, "password": PASSWORD})
    case = log_case(browser, team, worker)
    work_on(case, browser, worker)
    scan_papers(case.clients.get(is_principal=True), browser)
    look_after(case, browser, worker)
    return case, browser, worker


def log_case(browser: Browser, team: Team, worker: User) -> Case:
    """Log the canary through the page, with a mistake first, so that what was typed is shown again."""
    page = browser.get("/cases/new/")
    entered = timezone.now().date() - timedelta(days=1)
    typed = hidden(page.content.decode()) | {
        "family_name": FAMILY_NAME,
        "given_name": "Эрдэни",
        "patronymic": "Вымыслович",
        "other_names": "Zyablitsev-Kanareykin",
        "birth_day": str(CANARY.born.day),
        "birth_month": str(CANARY.born.month),
        "birth_year": str(CANARY.born.year),
        "nationalities": ["RU"],
        "country": "KZ",
        "entered_known": "exact",
        "entered_exact_day": str(entered.day),
        "entered_exact_month": str(entered.month),
        "entered_exact_year": str(entered.year),
        "document_kind": "internal_passport",
        "document_number": NUMBER,
        "channel": "phone",
        "reach": PHONE,
        "instructions": SECRET,
        "team": str(team.pk),
        "caseworker": str(worker.pk),
    }
    refused = browser.post("/cases/new/", typed | {"country": "??"})
    assert refused.status_code == 200
    assert FAMILY_NAME in refused.content.decode()
    answer = browser.post("/cases/new/", typed)
    assert answer.status_code == 302, re.findall(r"error-summary.*?</div>", answer.content.decode(), re.DOTALL)
    return Case.objects.get()


def hidden(page: str) -> dict[str, Any]:
    """Return the hidden fields of a page's forms."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def work_on(case: Case, browser: Browser, worker: User) -> None:
    """Do with the case what a caseworker does in a week."""
    now = timezone.now()
    principal = Client.objects.get()
    make_contact(principal, by=worker, now=now, channel="email", value=EMAIL, instructions=SECRET)
    make_address(
        principal, by=worker, now=now, country="KZ", city="Алматы", line=f"ул. {STREET}, 918", since=now.date()
    )
    note = clients.write_note(case=case, text=f"{SECRET}, {FAMILY_NAME}", pinned=True, by=worker, now=now)
    clients.correct_note(note=note, version=note.version, by=worker, now=now, text=f"{SECRET}, {REASON}, {STREET}")
    note.refresh_from_db()
    clients.strike_note(note=note, reason=f"{SECRET}, {REASON}", version=note.version, by=worker, now=now)
    for address in (f"/cases/{case.code}/log/", f"/notes/{note.pk}/"):
        assert SECRET in browser.get(address).content.decode()
    relative = clients.add_client(
        case=case,
        family_name=FAMILY_NAME,
        given_name="Вымыслович",
        birth=Birth(CANARY.born),
        nationalities=["RU"],
        relation="child",
        by=worker,
        now=now,
    )
    make_stay(relative, date(2026, 11, 1), by=worker, now=now, remark=SECRET)
    make_registration(principal, by=worker, now=now, remark=SECRET)
    documents.record_document(client=relative, kind="travel_passport", country="RU", number=NUMBER, by=worker, now=now)
    residency.refresh(client_ids=[principal.pk, relative.pk], now=now, by=worker)
    for address in (f"/cases/{case.code}/", f"/clients/{principal.reference}/", "/cases/", "/my-day/", "/messages/"):
        browser.get(address)
    deadline = Deadline.objects.filter(client=relative).first()
    assert deadline is not None
    at_any_hour()
    plan(now=now)
    last = max(
        Deadline.objects.filter(client__case=case, due_on__isnull=False), key=lambda it: it.drives_on or now.date()
    )
    reminders.snooze(
        deadline=last, until=now.date() + timedelta(days=1), reason=f"{SECRET}, {REASON}", today=now.date(), word_id=new_id(), by=worker,
        now=now,
    )  # fmt: skip
    residency.waive(deadline=deadline, reason=REASON, seen_on=deadline.drives_on, by=worker, now=now)
    plan(now=now + timedelta(days=30))
    deliver_due(clock=lambda: now + timedelta(days=30))


def look_after(case: Case, browser: Browser, worker: User) -> None:
    """Say what the person needs and agreed to, whom nobody must contact, what is done for them and where their paper is."""
    now = timezone.now()
    today, said = now.date(), f"{SECRET}, {REASON}"
    principal = case.clients.get(is_principal=True)
    make_need(principal, by=worker, now=now, note=said, since=today)
    needs.record_assessment(client=principal, assessed_on=today, note=SECRET, by=worker, now=now)
    make_service(case, by=worker, now=now, people=[principal], note=said, item=SECRET)
    to_do = clients.write_to_do(case=case, owner=worker, text=f"{FAMILY_NAME}: {SECRET}", by=worker, now=now)
    meeting = clients.plan_appointment(
        case=case, people=[principal], day=today + timedelta(days=2), wall_time=time(14, 30), zone="Asia/Almaty",
        with_name=FAMILY_NAME, place=STREET, papers=SECRET, remark=said, by=worker, now=now,
    )  # fmt: skip
    consent = make_consent(
        principal, by=worker, now=now, today=today, how="witness", witness=FAMILY_NAME, recipient_name=FAMILY_NAME,
        purpose="family", remark=said,
    )  # fmt: skip
    clients.withdraw_consent(consent=consent, on=today, words=SECRET, version=1, by=worker, now=now, today=today)
    make_never_contact(case, by=worker, now=now, today=today, value=PHONE, reason=said, since=today)
    clients.stop_contact(case=case, words=SECRET, by=worker, now=now)
    paper = Document.objects.filter(client__case=case).first()
    assert paper is not None
    custody = documents.hand_over_original(
        document=paper, holder="safe", since=today, handed_over_by=FAMILY_NAME, by=worker, now=now, today=today
    )
    pages = [
        *(f"/cases/{case.code}/{tab}/" for tab in ("needs", "safety", "appointments", "documents")),
        "/to-dos/",
        f"/to-dos/{to_do.pk}/",
        f"/appointments/{meeting.pk}/",
        f"/appointments/{meeting.pk}/slip/",
        f"/custody/{custody.pk}/receipt/",
        f"/clients/{principal.reference}/consent-form/?name=on&language=ru",
        f"/clients/{principal.reference}/consent-form/pdf/?name=on&language=mn",
    ]
    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert SECRET in browser.get(f"/cases/{case.code}/needs/").content.decode()


def refer_and_complain(case: Case, browser: Browser, worker: User) -> None:
    """Send the person to a partner, record that they were sent to us too, and take their complaint."""
    now = timezone.now()
    partner = make_partner(by=worker, now=now, focal_point=FAMILY_NAME, email=EMAIL, phone=PHONE, remark=SECRET)
    people = list(case.clients.all())
    referral = make_referral(
        people[0],
        people=people,
        partner=partner,
        by=worker,
        now=now,
        reason=f"{SECRET}, {REASON}",
        shared=["name", "birth", "contact", "document", "needs"],
        consent_on=now.date() - timedelta(days=1),
    )
    referral = clients.send_referral(referral=referral, how="email", version=1, by=worker, now=now)
    clients.note_declined(referral=referral, reason="full", text=SECRET, version=2, by=worker, now=now)
    incoming = make_incoming(
        team=case.team,
        by=worker,
        now=now,
        received_on=now.date() - timedelta(days=1),
        sender=FAMILY_NAME,
        family_name=FAMILY_NAME,
        contact=PHONE,
        asked=SECRET,
    )
    clients.decline_incoming(referral=incoming, reason="other", words=REASON, version=1, by=worker, now=now)
    complaint = make_complaint(
        team=case.team,
        by=worker,
        now=now,
        received_on=now.date() - timedelta(days=1),
        from_name=FAMILY_NAME,
        from_contact=EMAIL,
        happened=SECRET,
        wished=REASON,
    )
    pages = [
        "/partners/",
        f"/partners/{partner.pk}/",
        "/partners/offers/",
        f"/cases/{case.code}/referrals/",
        f"/referrals/{referral.pk}/",
        f"/referrals/{referral.pk}/letter/",
        "/referrals/",
        "/referrals/figures/",
        "/referrals/in/?state=any",
        f"/referrals/in/{incoming.pk}/",
        f"/complaints/{complaint.pk}/receipt/",
    ]
    assert {browser.get(page).status_code for page in pages} == {200}


def house(case: Case, worker: User) -> None:
    """Place the person in a bed of a site that is called as they are, for a reason, and block another bed."""
    now = timezone.now()
    principal = case.clients.get(is_principal=True)
    site = make_site(
        team=case.team, by=worker, now=now, name=FAMILY_NAME, line=f"ул. {STREET}, 918", contact_name=FAMILY_NAME,
        contact_phone=PHONE, house_rules=f"{SECRET}, {REASON}", country="KZ", time_zone="Asia/Almaty",
    )  # fmt: skip
    today = site.today(now)
    bed, other = make_beds(2, site=site, by=worker, now=now, for_whom="family")
    make_block(other, by=worker, now=now, note=f"{SECRET}, {FAMILY_NAME}")
    rows = book_beds({principal: bed}, since=today, by=worker, now=now, reason=f"{SECRET}, {REASON}", checks_in=True)
    housing.extend(placements=rows, until=None, by=worker, now=now)
    lease = make_lease(
        site, by=worker, now=now, since=today, until=None, landlord_name=FAMILY_NAME, landlord_phone=PHONE, note=SECRET
    )  # fmt: skip
    housing.write_safety_note(site=site, text=f"{SECRET}, {FAMILY_NAME}", by=worker, now=now)
    host = make_host(
        team=case.team, by=worker, now=now, contact_name=FAMILY_NAME, contact_phone=PHONE, line=STREET, note=SECRET,
        since=today,
    )  # fmt: skip
    host = housing.record_visit(
        offer=host, on=today, found=[], visited_by=worker, note=SECRET, version=1, by=worker, now=now
    )
    housing.decline_host(offer=host, reason=REASON, version=2, by=worker, now=now)
    request = make_request([principal], by=worker, now=now, note=f"{SECRET}, {REASON}")
    empty = make_beds(1, site=site, by=worker, now=now)[0]
    offer = make_offer(request, {principal: empty}, by=worker, now=now, since=today, until=None)
    housing.decline_offer(offer=offer, why="not_safe", note=SECRET, by=worker, now=now)
    until = today + timedelta(days=5)
    housing.change_lease(lease=lease, until=until, reason=f"{SECRET}, {REASON}", version=1, by=worker, now=now)


def begin_and_stop(case: Case, browser: Browser) -> None:
    """Begin forms about the person and leave them as drafts, with the lines of their passport in hand; go on with one."""
    packet = {"draft_page": "7d2a9c1e-5f0b-4a53-9d0a-3c1f6b1f0a11", "draft_sequence": "1"}
    lines = {"machine_lines": f"P<RUSZYABLITSEV<KANAREYKIN {NUMBER}", "machine_filled": f'{{"number": "{NUMBER}"}}'}
    typed = {"family_name": FAMILY_NAME, "other_names": "Zyablitsev-Kanareykin", "reach": PHONE, "instructions": SECRET}
    forms = {
        f"write_note/{case.code}": {"text": f"{SECRET}, {FAMILY_NAME}, {EMAIL}", "kind": "note"},
        f"add_client/{case.code}": typed | lines,
        "log_case/new": typed | lines | {"document_number": NUMBER},
    }
    for form, content in forms.items():
        answer = browser.post(f"/drafts/save/{form}/", packet | content, headers={"X-Draft": "1"})
        assert answer.status_code == 200
    other = packet | {"draft_page": "0b0e6a3c-2f7e-4c8f-8a55-9a6f3a7d2b22", "text": SECRET}
    told = browser.post(f"/drafts/save/write_note/{case.code}/", other, headers={"X-Draft": "1"})
    assert told.status_code == 409
    assert SECRET in browser.get(f"/cases/{case.code}/notes/new/?draft").content.decode()
    assert browser.get("/drafts/").status_code == 200
    assert browser.post(f"/drafts/discard/add_client/{case.code}/").status_code == 302


def search_and_stumble(case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the person, and run into every kind of error with their data in hand."""
    search = browser.post("/search/", {"q": FAMILY_NAME})
    assert search.status_code == 200
    for asked in (PHONE, NUMBER, EMAIL):
        browser.post("/search/", {"q": asked})
    typed = {"family_name": FAMILY_NAME, "given_name": "Эрдэни", "document_number": NUMBER, "reach": PHONE}
    assert FAMILY_NAME in browser.post("/duplicates/look/", typed).content.decode()
    one, other = Client.objects.order_by("created_at", "pk")[:2]
    clients.suspect(client=one, alike={other.pk: ["same_document"]}, now=timezone.now())
    pair = SuspectedPair.objects.get()
    decision = {"state": "different", "reason": f"{REASON}, {FAMILY_NAME}", "version": str(pair.version)}
    assert browser.post(f"/duplicates/{pair.pk}/", decision).status_code == 302
    assert FAMILY_NAME in browser.get(f"/duplicates/{pair.pk}/").content.decode()
    assert browser.get(f"/cases/{case.code}/nothing/").status_code == 404
    assert browser.post("/people/", {"family_name": FAMILY_NAME}).status_code == 403
    assert browser.delete("/cases/", {"q": FAMILY_NAME}).status_code == 405

    def broken(**values: Any) -> None:
        raise RuntimeError("nothing works today")

    monkeypatch.setattr("casework.clients.actions.write_note", broken)
    monkeypatch.setattr("casework.clients.actions.notes.write_note", broken)
    form = hidden(browser.get(f"/cases/{case.code}/").content.decode())
    response = browser.post(f"/cases/{case.code}/notes/new/", form | {"text": SECRET, "kind": "note"})
    assert response.status_code == 500


def let_in(case: Case) -> None:
    """Let a guest in for a time, open the case in an emergency, ask for more cases, and restrict it, each for a reason."""
    code, words = case.code, f"{SECRET}, {FAMILY_NAME}, {PHONE}"
    coordinator, guest, stranger = make_user(Role.COORDINATOR, team=case.team), make_user(), make_user()
    today = today_in(case.team.time_zone, timezone.now())
    days = {f"{name}_{part}": getattr(today, part) for name in ("since", "until") for part in ("day", "month", "year")}
    asked: list[tuple[User, str, dict[str, Any]]] = [
        (coordinator, f"/cases/{code}/access/new/", days | {"user": str(guest.pk), "reason": words}),
        (stranger, "/emergency/", {"code": code, "reason": words}),
        (stranger, "/emergency/", {"code": FAMILY_NAME, "reason": words}),
        (stranger, "/more-cases/", {"reason": words}),
    ]
    for user, address, typed in asked:
        visitor = Watched()
        visitor.force_login(user)
        assert visitor.post(address, hidden(visitor.get(address).content.decode()) | typed).status_code in (200, 302)
        assert leaks("addresses, titles and errors", visitor.left_behind.getvalue(), FORMS) == []
    erasing.order_hold(case=case, reason=words, by=coordinator, now=timezone.now())
    assert TimedAccess.objects.count() == EmergencyAccess.objects.count() == SightNotice.objects.count() == 1


def take_along(case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the case along in every shape, and leave a long list waiting to be fetched."""
    principal = Client.objects.get(case=case, is_principal=True)
    parts = [part.key for part in PARTS]
    for shape in ("xlsx", "zip", "pdf"):
        asked = {"parts": parts, "purpose": "lawyer", "format": shape, "in_full": "on"}
        assert browser.post(f"/cases/{case.code}/export/", asked)["Content-Disposition"].startswith("attachment;")
    for address in ("sheet/?name=on&language=ru", "sheet/pdf/?name=on&language=kk"):
        assert browser.get(f"/clients/{principal.reference}/{address}").status_code == 200
    for shape in ("xlsx", "csv", "pdf"):
        assert browser.post("/exports/cases/", {"format": shape}).status_code == 200
    monkeypatch.setattr("casework.web.exports.views.lists.AT_ONCE", 0)
    assert browser.post("/exports/cases/?status=any", {"format": "csv"}).status_code == 302
    carry_out(export_id=Export.objects.get().pk, clock=timezone.now)


def bring_a_table(case: Case, browser: Browser) -> None:
    """Bring in a table about the canary that is wrong in every row, correct one, and fetch the others and what is said of them."""
    rows = [
        ["family_name", "given_name", "birth_date", "nationality", "phone", "document_number", "note", FAMILY_NAME],
        [FAMILY_NAME, "X", "05/12/1990", STREET, f"{PHONE}{PHONE}", NUMBER, SECRET, EMAIL],
        [FAMILY_NAME, "X", "05/12/1990", "RU", PHONE, NUMBER, SECRET, EMAIL],
    ]
    content = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()
    sent = hidden(browser.get("/imports/").content.decode()) | {"team": str(case.team_id)}
    answer = browser.post("/imports/", sent | {"file": SimpleUploadedFile(f"{FAMILY_NAME}.csv", content)})
    of = Import.objects.get()
    assert answer["Location"] == f"/imports/{of.pk}/columns/"
    columns = {f"column{number}": code for number, code in enumerate(of.columns)}
    assert browser.post(f"/imports/{of.pk}/columns/", columns | {"day_order": ""}).status_code == 302
    import_rows(import_id=of.pk, clock=timezone.now)
    assert FAMILY_NAME in browser.get(f"/imports/{of.pk}/").content.decode()
    assert browser.post(f"/imports/{of.pk}/rows/2/", {"family_name": FAMILY_NAME, "note": SECRET}).status_code == 200
    for page in ("to-correct/?format=xlsx", "to-correct/?format=csv", "report/?format=csv"):
        assert browser.get(f"/imports/{of.pk}/{page}")["Content-Disposition"].startswith("attachment;")


def scan_papers(principal: Client, browser: Browser) -> None:
    """Add a photo that carries the canary in everything beside its pixels, look at it, and send files that are refused."""
    address = f"/clients/{principal.reference}/scans/new/"
    for content, expected in ((PHOTO, 302), (FAMILY_NAME.encode() * 9000, 200), (PHOTO[:-900], 200)):
        sent = hidden(browser.get(address).content.decode()) | {"kind": "identity", "document": ""}
        answer = browser.post(address, sent | {"files": SimpleUploadedFile(f"{FAMILY_NAME}.jpg", content)})
        assert answer.status_code == expected
    page = ScanPage.objects.get()
    for name in ("preview", "picture"):
        assert browser.get(f"/scan-pages/{page.pk}/{name}/").status_code == 200
    assert browser.get(f"/cases/{principal.case.code}/documents/").status_code == 200


def ask_as_a_program(case: Case, worker: User) -> None:
    """Read the case with a token, file the canary as a referral in, and send it in what is refused and in what cannot be read."""
    program = Program(worker, name=f"{FAMILY_NAME} {SECRET}")
    assert FAMILY_NAME in program.get(f"cases/{case.code}").content.decode()
    sent = {"sender": SECRET, "family_name": FAMILY_NAME, "given_name": "X", "contact": PHONE, "asked": STREET}
    assert program.post("referrals/in", sent, key=f"key-of-{NUMBER}".replace(" ", "")).status_code == 201
    for wrong in ({FAMILY_NAME: SECRET}, sent | {"people": EMAIL}, FAMILY_NAME):
        assert program.post("referrals/in", wrong).status_code in {400, 422}
    person = {"family_name": FAMILY_NAME, "born": {"day": STREET}, "nationalities": [SECRET]}
    assert program.post("cases", {"person": person, "arrival": {"country": NUMBER}}).status_code == 422
    assert program.browser.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer cw_{SECRET}").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_nothing_at_rest_holds_a_form_of_the_canary(
    team: Team, log: Path, broker: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings.EMAIL_BACKEND = "casework.reminders.channels.files.OutgoingFiles"
    worker, browser = make_user(team=team), Watched()
    browser.post("/account/login/", {"login": EMAIL, "password": SECRET})
    browser.post("/account/login/", {"login": worker.email, "password": PASSWORD})
    case = log_case(browser, team, worker)
    work_on(case, browser, worker)
    scan_papers(case.clients.get(is_principal=True), browser)
    look_after(case, browser, worker)
    refer_and_complain(case, browser, worker)
    house(case, worker)
    begin_and_stop(case, browser)
    let_in(case)
    ask_as_a_program(case, worker)
    celery.send_task("residency.refresh_stale")
    celery.send_task("reminders.plan")
    bring_a_table(case, browser)
    take_along(case, browser, monkeypatch)
    search_and_stumble(case, browser, monkeypatch)
    auditor = Watched()
    auditor.force_login(make_user(Role.AUDITOR))
    assert case.code in auditor.get("/audit/").content.decode()

    places = dict(tables())
    queued = b"\n".join(key + b" " + broker.dump(key) for key in broker.scan_iter())
    outgoing = list(Path(settings.OUTGOING_DIR).glob("*.eml"))
    assert len(places["public.clients_client"].splitlines()) == 2
    assert places["public.accounts_session"]
    assert len(places["public.accounts_draft"].splitlines()) == 3
    assert b"clients.searched" in places["public.audit_event"]
    assert places["public.reports_exportpiece"]
    for table in (
        "need",
        "assessment",
        "service",
        "todo",
        "appointment",
        "consent",
        "nevercontact",
        "contactstop",
        "legalhold",
    ):
        assert places[f"public.clients_{table}"], table
    assert places["public.reminders_word"]
    assert places["public.documents_custody"]
    assert places["public.accounts_apitoken"]
    for table in ("import", "importrow", "importmemory"):
        assert places[f"public.clients_{table}"], table
    sealed = ("site", "bedblock", "placement", "lease", "hostoffer", "safetynote", "housingrequest", "bedoffer")
    for table in (*sealed, "placementhistory", "leasehistory", "hostofferhistory"):
        assert places[f"public.housing_{table}"], table
    assert b"reports.case_exported" in places["public.audit_event"]
    assert len(outgoing) >= 1
    assert len(list(Path(settings.SCANS_DIR).glob("??/*"))) == 2
    assert queued
    assert log.stat().st_size > 0

    found = [
        leak
        for where, data in [
            *places.items(),
            *files(tmp_path),
            ("broker", queued),
            ("addresses, titles and errors", browser.left_behind.getvalue()),
            ("what the auditor sees", auditor.get("/audit/").content),
        ]
        for leak in leaks(where, data, FORMS)
    ]
    assert found == []
    sweep_exports(timezone.now() + timedelta(hours=2))
    assert dict(tables())["public.reports_exportpiece"] == b""


def test_there_are_forty_forms_and_each_is_long_enough_to_mean_something() -> None:
    assert len(FORMS) >= 40
    assert all(FORMS.values())
    assert min(len(each) for forms in FORMS.values() for each in forms) >= SHORTEST


@pytest.mark.parametrize("name", FORMS)
def test_the_scanner_finds_each_form_where_it_is_planted(name: str) -> None:
    for form in FORMS[name]:
        assert f"x: {name}" in leaks("x", b"before " + form + b" after", FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_the_scanner_finds_each_form_in_a_binary_column(name: str) -> None:
    for form in FORMS[name]:
        assert f"x: {name}" in leaks("x", b"7\t\\\\x" + b"00ff" + form.hex().encode() + b"\t\\N\n", FORMS)


def test_the_scanner_is_silent_about_others() -> None:
    assert leaks("x", "Пётр Синицын, 1990-05-17, +996 555 012345".encode() * 100, FORMS) == []


@pytest.mark.django_db
def test_the_dump_holds_every_table_and_a_planted_row_is_found() -> None:
    make_team(name=FAMILY_NAME)
    Event.objects.create(at=timezone.now(), type="x.planted", data={"name": FAMILY_NAME})

    places = dict(tables())
    found = [leak for where, data in places.items() for leak in leaks(where, data, FORMS)]

    assert len(places) >= len(set(connection.introspection.django_table_names(only_existing=True)))
    assert "public.accounts_team: as it is" in found
    assert [leak for leak in found if leak.startswith("public.audit_event")]


def test_a_planted_file_and_a_wrapped_mail_are_found(tmp_path: Path) -> None:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail.set_content(f"Здравствуйте, {FAMILY_NAME}!", cte="base64")
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    (tmp_path / f"{FAMILY_NAME}.txt").write_bytes(b"nothing inside")

    found = {where for where, data in files(tmp_path) if leaks(where, data, FORMS)}

    assert found == {"mail.eml", f"{FAMILY_NAME}.txt"}
