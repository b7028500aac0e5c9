"""Writes about senders."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.channels.models import ChannelAccount


@transaction.atomic
def save_account(
    *,
    account: ChannelAccount,
    secrets: Mapping[str, str] | None = None,
) -> ChannelAccount:
    """Add or change a sender; secrets that are not given stay as they are.

    A changed sender tries again at once, whatever trouble it was in.
    """
    is_new = account.pk is None
    given = {name: text for name, text in (secrets or {}).items() if text}
    if given:
        account.keep_secrets(account.secrets() | given)
    account.failures, account.resumes_at, account.last_error = 0, None, ""
    account.save()
    record(
        action="channel.created" if is_new else "channel.changed",
        target=account,
        kind=account.kind,
        secrets_changed=sorted(given),
    )
    return account


@transaction.atomic
def set_account_enabled(*, account: ChannelAccount, is_enabled: bool) -> None:
    """Let a sender send, or keep its messages waiting."""
    account.is_enabled = is_enabled
    account.failures, account.resumes_at = 0, None
    account.save(update_fields=["is_enabled", "failures", "resumes_at"])
    action = "channel.enabled" if is_enabled else "channel.disabled"
    record(action=action, target=account)


@transaction.atomic
def delete_account(*, account: ChannelAccount) -> None:
    """Delete a sender that never sent; raises ValidationError for any other."""
    try:
        with transaction.atomic():
            record(action="channel.deleted", target=account, kind=account.kind)
            account.delete()
    except ProtectedError as error:
        raise ValidationError(
            _(
                "Messages were sent through %(name)s and keep its name. Disable it "
                "instead.",
            )
            % {"name": account},
        ) from error
