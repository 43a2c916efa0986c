"""What the pages of staff show, read by SQL written by hand and opened without models: what their views are held against.

Each function returns what it has read as texts, so that the measure can see whether the page says them too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from casework.accounts.models import User
from casework.clients.names import names
from casework.lib.names import Query
from casework.vault import envelope
from casework.vault.keys import provider

PAGE = 50

MINE = """
    SELECT m.team_id FROM accounts_membership AS m JOIN accounts_team AS t ON t.id = m.team_id
     WHERE m.user_id = %(user)s AND m.starts_at <= %(now)s AND (m.ends_at IS NULL OR m.ends_at > %(now)s) AND t.is_active
       AND m.role IN ('caseworker', 'coordinator')
"""
KEY = "k.id, k.owner_kind, k.kek_id, k.wrapped"
PERSON = f"p.id, p.family_name, p.given_name, p.patronymic, {KEY}"


class Opener:
    """Opens sealed columns; the key of an owner is unwrapped once."""

    def __init__(self) -> None:
        self.ciphers: dict[UUID, AESGCM] = {}

    def open(self, model: str, pk: Any, key: Sequence[Any], **columns: bytes | None) -> list[str]:
        """Return the texts of the columns of one row."""
        key_id, owner, kek_id, wrapped = key
        cipher = self.ciphers.get(key_id)
        if cipher is None:
            bare = provider().unwrap(kek_id, bytes(wrapped), f"v1|vault.DataKey|{key_id}|{owner}".encode())
            cipher = self.ciphers[key_id] = AESGCM(bare)
        return [
            envelope.unpadded(
                envelope.unseal(cipher, bytes(sealed), f"v1|{model}|{pk}|{name}|{key_id}".encode())
            ).decode()
            for name, sealed in columns.items()
            if sealed is not None
        ]

    def name(self, row: Sequence[Any]) -> str:
        """Return the name of a person of whom PERSON was read."""
        pk, family, given, patronymic, *key = row
        return " ".join(
            self.open("clients.Client", pk, key, family_name=family, given_name=given, patronymic=patronymic)
        )


def rows(sql: str, **values: Any) -> list[Any]:
    """Return what a statement finds. Statements are put together from texts of this module alone."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Any] = cursor.fetchall()
        return found


def cases(user: User, now: datetime) -> list[str]:
    """The newest open cases of one's teams: applicant, how many others, where, caseworker, what is due next, programmes."""
    found = rows(
        f"""
        WITH page AS (
            SELECT * FROM clients_case AS c
             WHERE c.team_id = ANY (ARRAY({MINE})) AND c.status = 'open' AND c.archived_at IS NULL AND NOT c.restricted
             ORDER BY c.opened_at DESC, c.id DESC LIMIT {PAGE + 1}
        )
        SELECT c.code, c.status, c.priority, c.opened_at, t.name, pos.country, d.duty, d.drives_on, d.state, d.review,
               (SELECT count(*) - 1 FROM clients_client AS o WHERE o.case_id = c.id),
               ARRAY(SELECT g.name FROM clients_caseprogramme AS cp JOIN clients_programme AS g ON g.id = cp.programme_id
                      WHERE cp.case_id = c.id ORDER BY g.name),
               u.id, u.display_name, uk.id, uk.owner_kind, uk.kek_id, uk.wrapped, {PERSON}
          FROM page AS c
          JOIN accounts_team AS t ON t.id = c.team_id
          LEFT JOIN accounts_user AS u ON u.id = c.caseworker_id
          LEFT JOIN vault_datakey AS uk ON uk.id = u.data_key_id
          LEFT JOIN clients_client AS p ON p.case_id = c.id AND p.is_principal
          LEFT JOIN vault_datakey AS k ON k.id = p.data_key_id
          LEFT JOIN residency_computedposition AS pos ON pos.client_id = p.id
          LEFT JOIN LATERAL (
              SELECT d.* FROM residency_deadline AS d JOIN clients_client AS o ON o.id = d.client_id
               WHERE o.case_id = c.id AND d.state = 'open' AND d.gone_at IS NULL AND NOT d.optional
               ORDER BY coalesce(d.imposed_on, d.due_on) NULLS FIRST LIMIT 1
          ) AS d ON true
         ORDER BY c.opened_at DESC, c.id DESC
        """,
        user=user.pk,
        now=now,
    )
    opener, said = Opener(), []
    for row in found[:PAGE]:
        said += [row[0], opener.name(row[18:])]
        if row[13] is not None:
            opener.open("accounts.User", row[12], row[14:18], display_name=row[13])
    return said


def search(user: User, now: datetime, text: str) -> list[str]:
    """The people whose names are like `text`, of those that one may see, by the index in memory."""
    allowed = rows(
        f"""
        SELECT p.id FROM clients_client AS p JOIN clients_case AS c ON c.id = p.case_id
         WHERE c.team_id = ANY (ARRAY({MINE})) AND NOT c.restricted AND c.archived_at IS NULL
        """,
        user=user.pk,
        now=now,
    )
    best = names.search(Query.parse(text), [pk for (pk,) in allowed], 20)
    found = rows(
        f"""
        SELECT p.id, c.code, p.reference, p.nationalities, p.born_earliest, p.born_latest, t.name, pos.country, {PERSON}
          FROM clients_client AS p
          JOIN clients_case AS c ON c.id = p.case_id
          JOIN accounts_team AS t ON t.id = c.team_id
          JOIN vault_datakey AS k ON k.id = p.data_key_id
          LEFT JOIN residency_computedposition AS pos ON pos.client_id = p.id
         WHERE p.id = ANY (%(best)s)
        """,
        best=best,
    )
    opener, by_id = Opener(), {row[0]: row for row in found}
    shown = [by_id[pk] for pk in best if pk in by_id]
    for row in shown:
        opener.open("clients.Client", row[0], row[12:16], born_earliest=row[4], born_latest=row[5])
    return [opener.name(row[8:]) for row in shown]


def case(user: User, now: datetime, code: str) -> list[str]:
    """One case: its people with their papers, stays and deadlines; how to reach them, where they live, notes, to-dos."""
    opener = Opener()
    [head] = rows(
        f"""
        SELECT c.id, c.status, c.priority, c.opened_at, t.name, u.id, u.display_name, {KEY}
          FROM clients_case AS c JOIN accounts_team AS t ON t.id = c.team_id
          LEFT JOIN accounts_user AS u ON u.id = c.caseworker_id LEFT JOIN vault_datakey AS k ON k.id = u.data_key_id
         WHERE c.code = %(code)s AND c.team_id = ANY (ARRAY({MINE})) AND NOT c.restricted
        """,
        code=code,
        user=user.pk,
        now=now,
    )
    opener.open("accounts.User", head[5], head[7:11], display_name=head[6])
    people = rows(
        f"""
        SELECT p.reference, p.sex, p.nationalities, p.relation, p.born_earliest, p.born_latest, pos.country, pos.warnings,
               {PERSON}
          FROM clients_client AS p JOIN vault_datakey AS k ON k.id = p.data_key_id
          LEFT JOIN residency_computedposition AS pos ON pos.client_id = p.id
         WHERE p.case_id = %(case)s ORDER BY NOT p.is_principal, p.id
        """,
        case=head[0],
    )
    keys = {row[8]: row[12:16] for row in people}
    said = [code]
    for row in people:
        opener.open("clients.Client", row[8], row[12:16], born_earliest=row[4], born_latest=row[5])
        said.append(opener.name(row[8:]))
    ids = list(keys)
    for pk, client, _kind, _country, _until, number in rows(
        "SELECT id, client_id, kind, country, valid_until, number FROM documents_document WHERE client_id = ANY (%(ids)s)",
        ids=ids,
    ):
        opener.open("documents.Document", pk, keys[client], number=number)
    rows(
        "SELECT client_id, country, entered_earliest, entered_latest, has_left, left_latest, purpose FROM residency_stay"
        " WHERE client_id = ANY (%(ids)s) ORDER BY entered_latest DESC",
        ids=ids,
    )
    for table in ("residency_permit", "residency_registration"):
        rows(f"SELECT * FROM {table} WHERE client_id = ANY (%(ids)s)", ids=ids)
    rows(
        "SELECT client_id, duty, due_on, imposed_on, opens_on, state, review, because, rule_ids FROM residency_deadline"
        " WHERE client_id = ANY (%(ids)s) AND gone_at IS NULL ORDER BY due_on",
        ids=ids,
    )
    for pk, client, _channel, value, _safe in rows(
        "SELECT id, client_id, channel, value, is_safe FROM clients_contact WHERE client_id = ANY (%(ids)s)", ids=ids
    ):
        said += opener.open("clients.Contact", pk, keys[client], value=value)
    for pk, client, city, line, _since in rows(
        "SELECT id, client_id, city, line, since FROM clients_address WHERE client_id = ANY (%(ids)s)", ids=ids
    ):
        opener.open("clients.Address", pk, keys[client], city=city, line=line)
    for pk, text, *key in rows(
        f"""
        SELECT n.id, n.text, {KEY} FROM clients_note AS n JOIN vault_datakey AS k ON k.id = n.data_key_id
         WHERE n.case_id = %(case)s ORDER BY n.pinned DESC, n.written_at DESC LIMIT 21
        """,
        case=head[0],
    ):
        said += opener.open("clients.Note", pk, key, text=text)
    for pk, text, *key in rows(
        f"""
        SELECT n.id, n.text, {KEY} FROM clients_todo AS n JOIN vault_datakey AS k ON k.id = n.data_key_id
         WHERE n.case_id = %(case)s AND n.done_at IS NULL ORDER BY n.due_on
        """,
        case=head[0],
    ):
        said += opener.open("clients.ToDo", pk, key, text=text)
    return said


def my_day(user: User, now: datetime) -> list[str]:
    """What is due in one's cases within thirty days, the soonest first, how much of it; whom to look at; to-dos."""
    opener, said = Opener(), []
    due = f"""
        FROM residency_deadline AS d JOIN clients_client AS p ON p.id = d.client_id
        JOIN clients_case AS c ON c.id = p.case_id
       WHERE c.caseworker_id = %(user)s AND c.team_id = ANY (ARRAY({MINE})) AND c.status = 'open' AND NOT c.restricted
         AND d.state = 'open' AND d.gone_at IS NULL AND coalesce(d.imposed_on, d.due_on) <= %(until)s
         AND NOT (d.optional AND coalesce(d.imposed_on, d.due_on) < %(today)s)
    """
    asked = {"user": user.pk, "now": now, "today": now.date(), "until": now.date() + timedelta(days=30)}
    rows(
        f"SELECT count(*), count(*) FILTER (WHERE coalesce(d.imposed_on, d.due_on) < %(today)s) {due}",
        **asked,
    )
    for row in rows(
        f"""
        SELECT d.duty, d.due_on, d.state, d.review, d.country, c.code, {PERSON}
          FROM (SELECT d.* {due} ORDER BY coalesce(d.imposed_on, d.due_on), d.id LIMIT {PAGE + 1}) AS d
          JOIN clients_client AS p ON p.id = d.client_id JOIN clients_case AS c ON c.id = p.case_id
          JOIN vault_datakey AS k ON k.id = p.data_key_id
         ORDER BY coalesce(d.imposed_on, d.due_on), d.id
        """,
        **asked,
    )[:PAGE]:
        said += [row[5], opener.name(row[6:])]
    for row in rows(
        f"""
        SELECT pos.warnings, c.code, {PERSON}
          FROM residency_computedposition AS pos JOIN clients_client AS p ON p.id = pos.client_id
          JOIN clients_case AS c ON c.id = p.case_id JOIN vault_datakey AS k ON k.id = p.data_key_id
         WHERE c.caseworker_id = %(user)s AND c.team_id = ANY (ARRAY({MINE})) AND c.status = 'open' AND NOT c.restricted
           AND pos.warnings <> '[]' ORDER BY c.opened_at, p.id LIMIT 20
        """,
        **asked,
    ):
        opener.name(row[2:])
    for pk, text, *key in rows(
        f"""
        SELECT n.id, n.text, {KEY} FROM clients_todo AS n JOIN vault_datakey AS k ON k.id = n.data_key_id
         WHERE n.owner_id = %(user)s AND n.done_at IS NULL ORDER BY n.due_on
        """,
        **asked,
    ):
        opener.open("clients.ToDo", pk, key, text=text)
    return said


def housing_board(user: User, now: datetime) -> list[str]:
    """The beds of one's teams for four weeks, and who is in them."""
    opener = Opener()
    asked = {"user": user.pk, "now": now, "since": now.date(), "until": now.date() + timedelta(weeks=4)}
    beds = rows(
        f"""
        SELECT b.id, b.label, b.opened_on, b.closed_on, n.id, n.label, s.code
          FROM housing_bed AS b JOIN housing_unit AS n ON n.id = b.unit_id JOIN housing_site AS s ON s.id = n.site_id
          JOIN housing_siteteam AS st ON st.site_id = s.id
         WHERE st.team_id = ANY (ARRAY({MINE})) ORDER BY s.code, n.label, b.label
        """,
        **asked,
    )
    taken = rows(
        f"""
        SELECT b.id, b.since, b.until, b.state, {PERSON}
          FROM housing_placement AS b JOIN clients_client AS p ON p.id = b.client_id
          JOIN vault_datakey AS k ON k.id = p.data_key_id
         WHERE b.bed_id = ANY (%(beds)s) AND b.state IN ('held', 'booked', 'checked_in', 'checked_out')
           AND b.since < %(until)s AND (b.until IS NULL OR b.until > %(since)s)
        """,
        beds=[row[0] for row in beds],
        **asked,
    )
    rows(
        "SELECT id, bed_id, since, until, reason FROM housing_bedblock WHERE bed_id = ANY (%(beds)s) AND since < %(until)s"
        " AND (until IS NULL OR until > %(since)s)",
        beds=[row[0] for row in beds],
        **asked,
    )
    for row in taken:
        opener.name(row[4:])
    return list({row[6] for row in beds})
