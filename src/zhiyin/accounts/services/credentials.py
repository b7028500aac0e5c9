"""What an administrator does for somebody who cannot log in."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services.audit import record


@transaction.atomic
def make_password_link(*, person: Person, link_for: Callable[[str], str]) -> str:
    """Return a link that sets a new password once; for when mail does not arrive."""
    if not person.is_active:
        raise ValidationError(_("Reactivate the person first."))
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(person),
            "key": default_token_generator.make_token(person),
        },
    )
    record(action="password.link_made", target=person)
    return link_for(path)


@transaction.atomic
def remove_second_step(*, person: Person) -> None:
    """Let somebody who lost the device log in with the password alone again."""
    removed, _kinds = Authenticator.objects.filter(user=person).delete()
    if removed:
        record(action="second_step.removed", target=person)
