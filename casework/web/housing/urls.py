from django.urls import path

from .views.beds import add_beds, block_bed, change_bed, change_block, close_bed, end_block, reopen_bed
from .views.board import housing_board
from .views.finding import find_beds, place_people
from .views.leases import (
    change_lease,
    change_rent,
    end_lease,
    give_notice,
    housing_leases,
    lease,
    record_lease,
    remove_lease,
    remove_rent,
)
from .views.placements import (
    book_held,
    cancel_placement,
    case_housing,
    change_leaving_day,
    check_in,
    check_out,
    mark_no_show,
    take_back_placement,
)
from .views.sites import change_site, close_site, open_site, reopen_site, site, sites
from .views.units import add_unit, change_unit, close_unit, reopen_unit

urlpatterns = [
    path("cases/<code:code>/housing/", case_housing, name="case_housing"),
    path("cases/<code:code>/housing/find/", find_beds, name="find_beds"),
    path("cases/<code:code>/housing/place/", place_people, name="place_people"),
    path("placements/<uuid:placement_id>/book/", book_held, name="book_held"),
    path("placements/<uuid:placement_id>/check-in/", check_in, name="check_in"),
    path("placements/<uuid:placement_id>/check-out/", check_out, name="check_out"),
    path("placements/<uuid:placement_id>/until/", change_leaving_day, name="change_leaving_day"),
    path("placements/<uuid:placement_id>/no-show/", mark_no_show, name="mark_no_show"),
    path("placements/<uuid:placement_id>/cancel/", cancel_placement, name="cancel_placement"),
    path("placements/<uuid:placement_id>/take-back/", take_back_placement, name="take_back_placement"),
    path("housing/board/", housing_board, name="housing_board"),
    path("housing/sites/", sites, name="sites"),
    path("housing/sites/new/", open_site, name="open_site"),
    path("housing/sites/<uuid:site_id>/", site, name="site"),
    path("housing/sites/<uuid:site_id>/change/", change_site, name="change_site"),
    path("housing/sites/<uuid:site_id>/close/", close_site, name="close_site"),
    path("housing/sites/<uuid:site_id>/reopen/", reopen_site, name="reopen_site"),
    path("housing/sites/<uuid:site_id>/units/new/", add_unit, name="add_unit"),
    path("housing/sites/<uuid:site_id>/leases/new/", record_lease, name="record_lease"),
    path("housing/leases/", housing_leases, name="housing_leases"),
    path("housing/leases/<uuid:lease_id>/", lease, name="lease"),
    path("housing/leases/<uuid:lease_id>/change/", change_lease, name="change_lease"),
    path("housing/leases/<uuid:lease_id>/notice/", give_notice, name="give_notice"),
    path("housing/leases/<uuid:lease_id>/end/", end_lease, name="end_lease"),
    path("housing/leases/<uuid:lease_id>/remove/", remove_lease, name="remove_lease"),
    path("housing/leases/<uuid:lease_id>/rent/", change_rent, name="change_rent"),
    path("housing/rents/<uuid:rent_id>/remove/", remove_rent, name="remove_rent"),
    path("housing/units/<uuid:unit_id>/change/", change_unit, name="change_unit"),
    path("housing/units/<uuid:unit_id>/close/", close_unit, name="close_unit"),
    path("housing/units/<uuid:unit_id>/reopen/", reopen_unit, name="reopen_unit"),
    path("housing/units/<uuid:unit_id>/beds/new/", add_beds, name="add_beds"),
    path("housing/beds/<uuid:bed_id>/change/", change_bed, name="change_bed"),
    path("housing/beds/<uuid:bed_id>/close/", close_bed, name="close_bed"),
    path("housing/beds/<uuid:bed_id>/reopen/", reopen_bed, name="reopen_bed"),
    path("housing/beds/<uuid:bed_id>/block/", block_bed, name="block_bed"),
    path("housing/blocks/<uuid:block_id>/change/", change_block, name="change_block"),
    path("housing/blocks/<uuid:block_id>/end/", end_block, name="end_block"),
]
