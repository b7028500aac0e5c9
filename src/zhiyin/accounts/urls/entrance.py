"""Addresses under `account/`: logging in, and what belongs to it.

Only the login library's pages that we use have an address. There is no sign-up (its
page says so), and an e-mail address is changed by nobody but an administrator.
"""

from __future__ import annotations

from allauth.account import views as login
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from zhiyin.accounts.views import invitations

to_profile = RedirectView.as_view(pattern_name="profile")

urlpatterns = [
    path("", to_profile, name="account_root"),
    path("login/", login.login, name="account_login"),
    path("logout/", login.logout, name="account_logout"),
    path("inactive/", login.account_inactive, name="account_inactive"),
    path("signup/", login.signup, name="account_signup"),
    path("email/", to_profile, name="account_email"),
    path("reauthenticate/", login.reauthenticate, name="account_reauthenticate"),
    path("password/change/", login.password_change, name="account_change_password"),
    path("password/set/", login.password_set, name="account_set_password"),
    path("password/reset/", login.password_reset, name="account_reset_password"),
    path(
        "password/reset/sent/",
        login.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        login.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-step/", include("allauth.mfa.urls")),
    path("join/<str:token>/", invitations.accept, name="accept_invitation"),
]
