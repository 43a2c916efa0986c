from django.urls import path

from .views.adding import add_scan
from .views.papers import case_documents, show_document_number
from .views.scans import change_scan, move_page, remove_scan, restore_scan, scan, turn_page
from .views.serving import scan_pdf, scan_picture, scan_preview

urlpatterns = [
    path("cases/<code:code>/documents/", case_documents, name="case_documents"),
    path("documents/<uuid:document_id>/number/", show_document_number, name="show_document_number"),
    path("clients/<reference:reference>/scans/new/", add_scan, name="add_scan"),
    path("scans/<uuid:scan_id>/", scan, name="scan"),
    path("scans/<uuid:scan_id>/change/", change_scan, name="change_scan"),
    path("scans/<uuid:scan_id>/remove/", remove_scan, name="remove_scan"),
    path("scans/<uuid:scan_id>/restore/", restore_scan, name="restore_scan"),
    path("scans/<uuid:scan_id>/pdf/", scan_pdf, name="scan_pdf"),
    path("scan-pages/<uuid:page_id>/picture/", scan_picture, name="scan_picture"),
    path("scan-pages/<uuid:page_id>/preview/", scan_preview, name="scan_preview"),
    path("scan-pages/<uuid:page_id>/move/", move_page, name="move_scan_page"),
    path("scan-pages/<uuid:page_id>/turn/", turn_page, name="turn_scan_page"),
]
