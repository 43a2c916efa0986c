"""From rows of history to lines that people read: which field said what before, and after."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.history import KEPT, history_of
from casework.clients.models import Address, Case, Client, Contact, Note
from casework.vault.values import ERASED
from casework.web.templatetags.days import day, instant

SHOWN = 100
# A code word is shown where somebody asks for it, and that is in the audit.
UNTOLD = {"code_word"}
NOT_TOLD = {"id", "data_key", "case", "client", "note", "joined_into", "stopped_by", "written_by", "struck_by"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one row. `what` it was, `whose`, and what differs; of a removed row all that it said."""

    at: datetime
    who: str
    what: str
    whose: str
    is_removal: bool
    lines: list[Line] = field(default_factory=list)


def changes_of(case: Any, people: list[Client]) -> tuple[list[Change], bool]:
    """Return the newest changes of a case (as `visible_case` loads it) and of what hangs on it; and whether there are more.

    In a constant number of queries. Of people and notes that are in another case now, nothing.
    """
    found: list[tuple[Any, Any]] = []
    by_pk = {client.pk: client for client in people}
    # What was written of somebody under a second name, before a merge, is theirs.
    by_pk |= {
        UUID(row["gone"]): by_pk[UUID(row["into"])]
        for row in getattr(case, "merged_here", ())
        if UUID(row["into"]) in by_pk
    }
    for rows, live in _sources(case, by_pk):
        newer = dict(live)
        for row in rows:
            found.append((row, newer.get(row.id)))
            newer[row.id] = row
    found.sort(key=lambda each: (each[0].pgh_created_at, each[0].pgh_id), reverse=True)
    names = _names(found)
    changes = [_change(row, after, by_pk, names) for row, after in found[:SHOWN]]
    return [each for each in changes if each.lines], len(found) > SHOWN


def _sources(case: Any, people: dict[UUID, Client]) -> Iterable[tuple[list[Any], dict[UUID, Any]]]:
    yield _newest(Case, id=case.pk), {case.pk: case}
    yield _newest(Client, id__in=list(people)), people
    for model in (Contact, Address):
        rows = _newest(model, client__in=list(people))
        yield rows, _live(model, rows)
    rows = _newest(Note, case__in=[case.pk, *case.joined_here])
    live = _live(Note, rows)
    gone = {pk for pk, note in live.items() if note.case_id != case.pk}
    yield [row for row in rows if row.id not in gone], live


def _newest(model: Any, **which: Any) -> list[Any]:
    rows = history_of(model).objects.filter(**which).select_related("data_key")
    return list(rows.order_by("-pgh_id")[: SHOWN + 1])


def _live(model: Any, rows: list[Any]) -> dict[UUID, Any]:
    return {row.pk: row for row in model.objects.filter(pk__in={row.id for row in rows})} if rows else {}


def _names(found: list[tuple[Any, Any]]) -> dict[str, str]:
    """Return the names of colleagues and teams that these rows mention, in two queries."""
    mentioned = {str((row.pgh_context or {}).get("actor", "")) for row, _after in found}
    teams = set()
    for row, after in found:
        if row.pgh_tracked_model is Case:
            is_live = isinstance(after, Case)
            mentioned |= {str(row.caseworker or ""), str((after.caseworker_id if is_live else None) or "")}
            teams |= {row.team, after.team_id if is_live else row.team}
    users: Any = User.objects.filter(pk__in=mentioned - {""}) if mentioned - {""} else []
    names = {str(user.pk): str(user.display_name or user.email) for user in users}
    if teams:
        names |= {str(team.pk): team.name for team in Team.objects.filter(pk__in=teams)}
    return names


def _change(row: Any, after: Any, people: dict[UUID, Client], names: dict[str, str]) -> Change:
    model: Any = row.pgh_tracked_model
    owner = people.get(getattr(row, "client", None) or row.id)
    is_removal = row.pgh_label == KEPT[1]
    actor = (row.pgh_context or {}).get("actor")
    return Change(
        at=row.pgh_created_at,
        who=names.get(actor, _("an account that is gone")) if actor else _("the software"),
        what=capfirst(str(model._meta.verbose_name)),
        whose=owner.full_name if owner else "",
        is_removal=is_removal,
        lines=list(_lines(model, row, None if is_removal else after, names)),
    )


def _lines(model: Any, row: Any, after: Any, names: dict[str, str]) -> Iterable[Line]:
    for kept in row._meta.local_concrete_fields:
        if kept.name.startswith("pgh_") or kept.name in NOT_TOLD:
            continue
        source = model._meta.get_field(kept.name)
        was = getattr(row, kept.name)
        # A foreign key is a bare id in history.
        name = source.attname if source.is_relation and isinstance(after, model) else kept.name
        is_now = getattr(after, name) if after is not None else None
        if was == is_now or (after is None and was in (None, "", [], False)):
            continue
        label = capfirst(str(source.verbose_name))
        if kept.name in UNTOLD:
            yield Line(label=label, before=_("not shown here"), after=_("not shown here"))
        else:
            yield Line(label=label, before=_said(source, was, names), after=_said(source, is_now, names))


def _said(source: Any, value: Any, names: dict[str, str]) -> str:
    """Return a value as people read it; nothing for nothing."""
    if value is ERASED:
        return _("erased")
    if value is None or value in ("", []):
        return ""
    if source.choices:
        return str(dict(source.flatchoices).get(value, value))
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return instant(value)
        case date():
            return day(value)
        case time():
            return time_format(value, "H:i")
        case list():
            return ", ".join(str(each) for each in value)
        case UUID():
            return names.get(str(value), "")
    return str(value)
