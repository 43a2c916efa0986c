from django.urls import path

from .views import merge, merge_pair, merges, undo_merge

urlpatterns = [
    path("duplicates/<uuid:pair_id>/merge/", merge_pair, name="merge_pair"),
    path("merges/", merges, name="merges"),
    path("merges/<uuid:merge_id>/", merge, name="merge"),
    path("merges/<uuid:merge_id>/undo/", undo_merge, name="undo_merge"),
]
