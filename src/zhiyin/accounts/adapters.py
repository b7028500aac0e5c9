"""How login differs from the library's defaults, and what of it is recorded."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import (
    password_changed,
    password_reset,
    user_logged_in,
    user_logged_out,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from cryptography.fernet import Fernet
from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record

logger = logging.getLogger(__name__)


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation; there is no open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: an organisation's data are not for whoever finds the address."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password where its owner's organisation can see it."""
        super().authentication_failed(request, **credentials)
        email = str(credentials.get("email") or "").lower()
        person = Person.objects.filter(email=email).first()
        if person is not None:
            record(
                action="login.failed",
                organisation=person.organisation_id,
                target=person,
            )

    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Send; a mail server that is down must not break the page.

        An error page only for addresses that exist would also tell which do.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("mail %s could not be sent", template_prefix)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the authenticator's secret encrypted under the installation's key."""

    def encrypt(self, text: str) -> str:
        return Fernet(settings.FIELD_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return Fernet(settings.FIELD_KEY).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse where the organisation asks everybody for a second step."""
        return not authenticator.user.organisation.requires_second_step


_RECORDED: tuple[tuple[Signal, str], ...] = (
    (user_logged_in, "person.logged_in"),
    (user_logged_out, "person.logged_out"),
    (password_changed, "password.changed"),
    (password_reset, "password.reset"),
    (authenticator_added, "second_step.added"),
    (authenticator_removed, "second_step.removed"),
    (authenticator_reset, "recovery_codes.renewed"),
)


def record_login_events() -> None:
    """Write the login library's events to the audit log; for `AppConfig.ready`."""
    for signal, action in _RECORDED:
        signal.connect(_recorder(action), weak=False, dispatch_uid=f"audit {action}")


def _recorder(action: str) -> Any:
    def receive(user: Person | None = None, **_kwargs: Any) -> None:
        if user is not None:
            record(action=action, actor=user, target=user)

    return receive
