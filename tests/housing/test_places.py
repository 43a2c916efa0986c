"""Sites, units and beds: opened, changed, closed, taken into use again; blocked for a while."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from casework.accounts.models import Team
from casework.accounts.roles import Permission, Role
from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.housing import actions
from casework.housing.models import Bed, BedBlock, Site, SiteTeam, Unit
from casework.lib.ids import new_id
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import OPENED, TODAY, book, hold, make_bed, make_beds, make_block, make_site, make_unit

pytestmark = pytest.mark.django_db


def refused_by(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


def test_a_site_is_sealed_under_a_key_of_its_own_and_says_its_code() -> None:
    site = make_site(code="BSK-1", contact_phone="+996 555 012345")

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, line, contact_phone FROM housing_site")
        stored = cursor.fetchone()
    assert site.data_key.owner_kind == DataKey.OwnerKind.SITE
    assert str(site) == "BSK-1"
    assert all("Придуманная".encode() not in bytes(each) for each in stored)
    assert Site.objects.get().line == "ул. Придуманная, 7"


def test_sent_twice_a_site_a_unit_and_beds_are_there_once() -> None:
    token, team = new_id(), make_team()
    for _ in range(2):
        site = make_site(site_id=token, team=team, code="BSK-1")
    for _ in range(2):
        unit = actions.add_unit(site=site, unit_id=token, label="Room", capacity=3, beds=2, by=site.created_by, now=NOW)
    for _ in range(2):
        actions.add_beds(unit=unit, bed_id=token, by=site.created_by, now=NOW, opened_on=TODAY)

    assert (Site.objects.count(), Unit.objects.count(), Bed.objects.count()) == (1, 1, 3)
    assert DataKey.objects.filter(owner_kind="site").count() == 1
    assert Event.objects.filter(type="housing.site_opened").count() == 1


def test_beds_are_numbered_on() -> None:
    unit = make_unit(beds=2, capacity=5)

    actions.add_beds(unit=unit, number=2, by=make_user(), now=NOW, opened_on=TODAY)

    assert sorted(Bed.objects.values_list("label", flat=True)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"time_zone": "Asia/Nowhere"}, "time_zone"),
        ({"teams": []}, "teams"),
        ({"code": "bsk 1"}, "code"),
    ],
)
def test_an_unclear_site_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(actions.UnableToKeepPlace) as refusal:
        make_site(**fields)

    assert refusal.value.field == field
    assert not Site.objects.exists()


def test_two_sites_have_not_one_code_and_two_beds_of_a_unit_not_one_name() -> None:
    site = make_site(code="BSK-1")
    unit = make_unit(site, label="Room 1")
    by: Any = {"by": make_user(), "now": NOW}
    actions.add_beds(unit=unit, label="A", opened_on=TODAY, **by)

    with pytest.raises(actions.UnableToKeepPlace, match="Another site"):
        make_site(code="BSK-1")
    with pytest.raises(actions.UnableToKeepPlace, match="another unit"):
        make_unit(site, label="ROOM 1")
    with pytest.raises(actions.UnableToKeepPlace, match="another bed"):
        actions.add_beds(unit=unit, label="a", opened_on=TODAY, **by)


def test_there_are_no_more_beds_than_people() -> None:
    unit, by = make_unit(beds=2, capacity=2), make_user()

    with pytest.raises(actions.UnableToKeepPlace, match="more beds than people"):
        actions.add_beds(unit=unit, by=by, now=NOW, opened_on=TODAY)
    with pytest.raises(actions.UnableToKeepPlace, match="more beds than people"):
        actions.change_unit(unit=unit, version=1, capacity=1, by=by, now=NOW)
    with refused_by("unit_has_no_more_beds_than_people"):
        Unit.objects.filter(pk=unit.pk).update(capacity=1)


def test_only_the_teams_of_a_site_may_use_it() -> None:
    worker, coordinator, other = make_user(), make_user(Role.COORDINATOR), make_user()
    site = make_site(teams=[team_of(worker), team_of(coordinator)])
    manage = Permission.HOUSING_MANAGE

    assert [Site.objects.usable_by(user, NOW).count() for user in (worker, coordinator, other)] == [1, 1, 0]
    assert [Site.objects.usable_by(user, NOW, manage).count() for user in (worker, coordinator)] == [0, 1]
    assert Bed.objects.usable_by(other, NOW).count() == Unit.objects.usable_by(other, NOW).count() == 0
    site = actions.change_site(site=site, version=1, teams=[team_of(other)], by=coordinator, now=NOW)
    assert [Site.objects.usable_by(user, NOW).count() for user in (worker, coordinator, other)] == [0, 0, 1]
    assert Event.objects.get(type="housing.site_changed").data == {"fields": ["teams"]}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.POLICY_EDITOR, Role.REPORT_READER])
def test_who_holds_no_role_of_a_team_sees_no_site(role: Role) -> None:
    make_site()

    assert not Site.objects.usable_by(make_user(role), NOW).exists()


def test_of_two_who_change_a_site_the_second_is_told() -> None:
    site, by = make_site(), make_user()
    actions.change_site(site=site, version=1, city="Osh", by=by, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.change_site(site=site, version=1, city="Talas", by=by, now=NOW)


def test_closing_a_site_closes_its_units_and_beds_and_taking_it_into_use_again_opens_them() -> None:
    (bed, other), by = make_beds(2), make_user()
    site, unit = bed.unit.site, bed.unit
    early = actions.close_bed(bed=other, on=TODAY - timedelta(days=3), version=1, by=by, now=NOW)

    site = actions.close_site(site=site, on=TODAY, version=1, by=by, now=NOW)

    bed.refresh_from_db()
    unit.refresh_from_db()
    assert (site.closed_on, unit.closed_on, bed.closed_on) == (TODAY,) * 3
    actions.reopen_site(site=site, version=site.version, by=by, now=NOW)
    assert list(Bed.objects.in_use()) == [bed]
    assert early.closed_on == TODAY - timedelta(days=3)


def test_days_on_which_a_place_was_closed_are_no_free_ones_once_it_is_in_use_again() -> None:
    (bed, other), by = make_beds(2), make_user()
    since, later = TODAY + timedelta(days=2), NOW + timedelta(days=9)
    make_block(bed, since=TODAY + timedelta(days=4), until=TODAY + timedelta(days=6))
    make_block(other, since=TODAY, until=None)
    site = actions.close_site(site=bed.unit.site, on=since, version=1, by=by, now=NOW)

    actions.reopen_site(site=site, version=site.version, by=by, now=later)

    def days_of(one: Bed) -> list[tuple[int, int | None]]:
        rows = one.blocks.order_by("since")
        return [((it.since - TODAY).days, (it.until - TODAY).days if it.until else None) for it in rows]

    assert days_of(bed) == [(2, 4), (4, 6), (6, 9)]
    assert days_of(other) == [(0, None)]
    assert list(Bed.objects.free(later.date(), None, later)) == [bed]
    assert not Bed.objects.free(since, later.date(), later).exists()


def test_a_place_that_is_in_use_again_before_it_closed_was_never_closed() -> None:
    bed, by = make_bed(), make_user()
    bed = actions.close_bed(bed=bed, on=TODAY + timedelta(days=3), version=1, by=by, now=NOW)

    actions.reopen_bed(bed=bed, version=bed.version, by=by, now=NOW)

    assert list(Bed.objects.free(TODAY, None, NOW)) == [bed]
    assert not BedBlock.objects.exists()


def test_what_was_to_close_later_closes_with_its_site_and_nobody_is_left_in_it() -> None:
    (bed, other), by = make_beds(2), make_user()
    unit, site = bed.unit, bed.unit.site
    actions.close_bed(bed=other, on=TODAY + timedelta(days=30), version=1, by=by, now=NOW)
    actions.close_unit(unit=unit, on=TODAY + timedelta(days=20), version=1, by=by, now=NOW)
    (row,) = book({make_client(): bed}, until=TODAY + timedelta(days=10))

    with pytest.raises(actions.UnableToKeepPlace, match=f"{bed.place}"):
        actions.close_site(site=site, on=TODAY + timedelta(days=3), version=1, by=by, now=NOW)
    actions.cancel(placements=[row], ending="not_needed", by=by, now=NOW)
    actions.close_site(site=site, on=TODAY + timedelta(days=3), version=1, by=by, now=NOW)

    closed = set(Bed.objects.values_list("closed_on", flat=True)) | set(
        Unit.objects.values_list("closed_on", flat=True)
    )
    assert closed == {TODAY + timedelta(days=3)}


def test_a_bed_in_which_somebody_is_placed_is_not_closed_before_they_leave() -> None:
    bed, by = make_bed(), make_user()
    book({make_client(): bed}, until=TODAY + timedelta(days=3))

    with pytest.raises(actions.UnableToKeepPlace, match=f"{bed.place}"):
        actions.close_bed(bed=bed, on=TODAY + timedelta(days=2), version=1, by=by, now=NOW)
    with pytest.raises(actions.UnableToKeepPlace):
        actions.close_site(site=bed.unit.site, on=TODAY, version=1, by=by, now=NOW)
    with refused_by("placement_in_a_bed_that_is_there"):
        Bed.objects.filter(pk=bed.pk).update(closed_on=TODAY)


def test_a_bed_closes_on_the_day_on_which_its_last_guest_leaves() -> None:
    bed = make_bed()
    book({make_client(): bed}, until=TODAY + timedelta(days=3))

    closed = actions.close_bed(bed=bed, on=TODAY + timedelta(days=3), version=1, by=make_user(), now=NOW)

    assert closed.is_closed_on(TODAY + timedelta(days=3))
    assert not closed.is_closed_on(TODAY + timedelta(days=2))


def test_a_lapsed_hold_keeps_no_bed_from_being_closed_or_blocked() -> None:
    bed, by = make_bed(), make_user()
    hold({make_client(): bed})
    later = NOW + timedelta(days=2)

    make_block(bed, now=later)
    closed = actions.close_bed(bed=bed, on=TODAY, version=1, by=by, now=later)

    assert closed.closed_on == TODAY
    assert Event.objects.filter(type="housing.hold_lapsed", actor_id=None).count() == 1


def test_a_block_keeps_out_of_the_way_of_people_and_says_so() -> None:
    bed = make_bed()
    book({make_client(): bed}, since=TODAY + timedelta(days=2), until=TODAY + timedelta(days=4))

    with pytest.raises(actions.UnableToBlockBed) as refusal:
        make_block(bed, until=None)
    make_block(bed, until=TODAY + timedelta(days=2))
    make_block(bed, since=TODAY + timedelta(days=4), until=None)

    assert refusal.value.sentence == f"{bed.place} is taken from 24 Nov 2026 to 26 Nov 2026."
    with refused_by("block_of_a_bed_without_people"):
        BedBlock.objects.filter(until=None).update(since=TODAY + timedelta(days=3))


def test_two_blocks_of_a_bed_share_no_day() -> None:
    bed = make_bed()
    block = make_block(bed)

    with pytest.raises(actions.UnableToBlockBed, match="already"):
        make_block(bed, since=TODAY + timedelta(days=6))
    other = make_block(bed, since=TODAY + timedelta(days=7), until=None)
    with refused_by("block_of_a_bed_once"):
        BedBlock.objects.filter(pk=other.pk).update(since=block.since)


def test_a_block_is_made_once_changed_and_ended() -> None:
    bed, token, by = make_bed(), new_id(), make_user()
    for _ in range(2):
        block = make_block(bed, block_id=token, note="Течёт крыша")

    block = actions.change_block(block=block, version=1, until=None, by=by, now=NOW)
    block = actions.end_block(block=block, on=TODAY + timedelta(days=1), version=2, by=by, now=NOW)

    assert BedBlock.objects.count() == 1
    assert (block.until, block.note) == (TODAY + timedelta(days=1), "Течёт крыша")
    book({make_client(): bed}, since=TODAY + timedelta(days=1))


def test_a_block_that_is_ended_before_it_began_blocks_nothing() -> None:
    bed = make_bed()
    block = make_block(bed, since=TODAY + timedelta(days=5), until=None)

    block = actions.end_block(block=block, on=TODAY, version=1, by=make_user(), now=NOW)

    assert block.until == block.since
    book({make_client(): bed}, until=TODAY + timedelta(days=30))


SITE = [
    ("site_code_is_a_code", {"code": "b"}),
    ("site_kind_known", {"kind": "tent"}),
    ("site_closes_after_it_opens", {"closed_on": date(2020, 1, 1)}),
]
UNIT = [
    ("unit_has_a_label", {"label": ""}),
    ("unit_is_for_a_number_of_people", {"capacity": 0}),
    ("unit_floor_area_is_positive", {"floor_area": 0}),
    ("unit_for_whom_known", {"for_whom": "cats"}),
]
BED = [
    ("bed_has_a_label", {"label": ""}),
    ("bed_kind_known", {"kind": "hammock"}),
    ("bed_closes_after_it_opens", {"closed_on": OPENED - timedelta(days=1)}),
    ("bed_has_room|unit_has_no_more_beds_than_people", None),
]
BLOCK = [
    ("block_ends_after_it_begins", {"until": date(2020, 1, 1)}),
    ("block_reason_known", {"reason": "mood"}),
]


@pytest.mark.parametrize(("name", "values"), [*SITE, *UNIT, *BED[:3], *BLOCK])
def test_what_must_never_be_the_database_refuses(name: str, values: dict[str, Any]) -> None:
    make_block(make_bed())
    models: dict[str, Any] = {"site": Site, "unit": Unit, "bed": Bed, "block": BedBlock}

    with refused_by(name):
        models[name.split("_", maxsplit=1)[0]].objects.update(**values)


def test_a_unit_a_bed_and_a_team_are_there_once() -> None:
    bed = make_bed()
    unit, site = bed.unit, bed.unit.site

    with refused_by("unit_of_a_site_named_once"):
        Unit.objects.create(site=site, label=unit.label.upper(), capacity=1)


def test_a_bed_is_named_once() -> None:
    bed = make_bed()

    with refused_by("bed_of_a_unit_named_once"):
        Bed.objects.create(unit=bed.unit, label=bed.label, opened_on=TODAY)


def test_a_team_has_a_site_once() -> None:
    of_team = SiteTeam.objects.get(site=make_site(teams=[Team.objects.get(pk=make_team().pk)]))

    with refused_by("site_of_a_team_once"):
        SiteTeam.objects.create(site=of_team.site, team=of_team.team)
