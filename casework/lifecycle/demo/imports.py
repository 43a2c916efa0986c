"""A table of the demo that waits to be corrected: one row is good, the others are not."""

import csv
import io
from datetime import datetime, timedelta

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.lib.ids import new_id

from ..importing import starting, work

HEADINGS = (
    "family_name",
    "given_name",
    "birth_date",
    "nationality",
    "sex",
    "phone",
    "entered_on",
    "document_type",
    "note",
)


def build_imports(*, team: Team, worker: User, now: datetime) -> None:
    """Bring a table in and check it; somebody in it is on record already."""
    known = (
        Client.objects.filter(case__team=team, case__restricted=False, is_principal=True).order_by("created_at").first()
    )
    entered = (now - timedelta(days=12)).date().isoformat()
    rows = [
        ("Небылицын", "Прохор", "1988-04-12", "RU", "male", "+7 701 555 01 20", entered, "international_passport", ""),
        ("Небылицына", "Глафира", "05/12/1990", "RU", "female", "", entered, "international_passport", ""),
        ("Вздорнов", "Ефим", "1975", "Kazakstan", "male", "", entered, "", "Просит жильё"),
        ("Вздорнова", "Анфиса", "1979-02-30", "RU", "female", "12", entered, "passport", ""),
        ("Небылицын", "Прохор", "1988-04-12", "Russia", "male", "", entered, "", ""),
    ]
    if known is not None:
        birth = known.birth_date.isoformat() if known.birth_date else str(known.birth.year or "")
        rows.append((known.family_name, known.given_name, birth, "RU", known.sex, "", entered, "", ""))
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    of = starting.bring_in(
        file=io.BytesIO(text.getvalue().encode()), team=team, by=worker, now=now, language="en", submit_token=new_id()
    )
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=worker, now=now, asks=False)
    work.carry_out(import_id=of.pk, clock=lambda: now)
