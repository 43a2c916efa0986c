from django.urls import path

from .views.accept_invitation import accept_invitation
from .views.account_settings import account_settings
from .views.invitations import invite, renew_invitation, withdraw_invitation
from .views.people import people
from .views.person import disable_user, enable_user, end_role, grant_role, person
from .views.roles import roles
from .views.signing_in import reset_second_factor, sign_out_everywhere
from .views.teams import change_team, create_team

urlpatterns = [
    path("people/", people, name="people"),
    path("people/invitations/new/", invite, name="invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", withdraw_invitation, name="withdraw_invitation"),
    path("people/invitations/<uuid:invitation_id>/renew/", renew_invitation, name="renew_invitation"),
    path("people/<uuid:user_id>/", person, name="person"),
    path("people/<uuid:user_id>/roles/new/", grant_role, name="grant_role"),
    path("people/<uuid:user_id>/disable/", disable_user, name="disable_user"),
    path("people/<uuid:user_id>/enable/", enable_user, name="enable_user"),
    path("people/<uuid:user_id>/sign-out/", sign_out_everywhere, name="sign_out_everywhere"),
    path("people/<uuid:user_id>/second-factor/reset/", reset_second_factor, name="reset_second_factor"),
    path("people/roles/<uuid:membership_id>/end/", end_role, name="end_role"),
    path("teams/new/", create_team, name="create_team"),
    path("teams/<uuid:team_id>/", change_team, name="change_team"),
    path("roles/", roles, name="roles"),
    path("account/settings/", account_settings, name="account_settings"),
    path("invitation/<str:token>/", accept_invitation, name="accept_invitation"),
]
