from django.urls import path

from .views import asking, deciding, keeping

urlpatterns = [
    path("cases/<code:code>/keeping/", asking.case_keeping, name="case_keeping"),
    path("cases/<code:code>/erase/", asking.ask_to_erase, name="ask_to_erase"),
    path("cases/<code:code>/hold/", asking.order_hold, name="order_hold"),
    path("cases/<code:code>/hold/lift/", asking.lift_hold, name="lift_hold"),
    path("erasures/", deciding.erasures, name="erasures"),
    path("erasures/<uuid:erasure_id>/", deciding.erasure, name="erasure"),
    path("erasures/<uuid:erasure_id>/paper/", deciding.erasure_confirmation, name="erasure_confirmation"),
    path("erasures/<uuid:erasure_id>/confirm/", deciding.confirm_erasure, name="confirm_erasure"),
    path("erasures/<uuid:erasure_id>/withdraw/", deciding.withdraw_erasure, name="withdraw_erasure"),
    path("retention/", keeping.retention, name="retention"),
    path("retention/change/", keeping.change_retention, name="change_retention"),
    path("retention/due/", keeping.kept_too_long, name="kept_too_long"),
]
