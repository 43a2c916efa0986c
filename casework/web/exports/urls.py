from django.urls import path

from .views.case import export_case
from .views.lists import cancel_export, export, export_list, fetch_export, forget_export

urlpatterns = [
    path("cases/<code:code>/export/", export_case, name="export_case"),
    path("exports/<slug:key>/", export_list, name="export_list"),
    path("files/<uuid:export_id>/", export, name="export"),
    path("files/<uuid:export_id>/content/", fetch_export, name="fetch_export"),
    path("files/<uuid:export_id>/stop/", cancel_export, name="cancel_export"),
    path("files/<uuid:export_id>/forget/", forget_export, name="forget_export"),
]
