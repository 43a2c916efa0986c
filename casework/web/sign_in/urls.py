"""The pages of the sign-in library that are offered. The others, such as signing up or adding addresses, do not exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db.transaction import non_atomic_requests as counting
from django.urls import path

from .organisation import PROVIDER
from .step_up import with_new_key
from .views.going_on import go_on
from .views.leaving import leave, left, sign_out
from .views.organisation import organisation_again, organisation_callback, organisation_sign_in
from .views.recovery import recover
from .views.sessions import end_other_sessions, end_session, sessions

# Attempts are counted as they are made: neither an error later on takes them back, nor does one attempt wait for another.
urlpatterns = [
    path("login/", counting(account.login), name="account_login"),
    path("logout/", sign_out, name="account_logout"),
    path("leave/", leave, name="leave"),
    path("left/", left, name="left"),
    path("reauthenticate/", with_new_key(counting(account.reauthenticate)), name="account_reauthenticate"),
    path("go-on/", go_on, name="go_on"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/end/", end_session, name="end_session"),
    path("sessions/end-others/", end_other_sessions, name="end_other_sessions"),
    path("organisation/", counting(organisation_sign_in), name="organisation_sign_in"),
    path("organisation/again/", counting(organisation_again), name="organisation_again"),
    # The name and the argument are those by which the library finds where the provider is to answer.
    path(
        "organisation/answer/",
        counting(organisation_callback),
        {"provider_id": PROVIDER},
        name="openid_connect_callback",
    ),
    path("recovery/<str:token>/", recover, name="recover"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", counting(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", with_new_key(counting(mfa.reauthenticate)), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        with_new_key(counting(webauthn.reauthenticate_webauthn)),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", counting(webauthn.login_webauthn), name="mfa_login_webauthn"),
]
