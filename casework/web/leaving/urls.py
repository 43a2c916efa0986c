from django.urls import path

from .views import hand_over, leavers, made_hand_over, undo_hand_over

urlpatterns = [
    path("leavers/", leavers, name="leavers"),
    path("leavers/<uuid:user_id>/", hand_over, name="hand_over"),
    path("hand-overs/<uuid:hand_over_id>/", made_hand_over, name="made_hand_over"),
    path("hand-overs/<uuid:hand_over_id>/undo/", undo_hand_over, name="undo_hand_over"),
]
