"""Writes about kiosks: devices, their PIN, and what has arrived from them."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.programs.models import KioskAnswer, KioskDevice
from zhiyin.listen.programs.services.links import ALPHABET

# Long enough that nobody meets a device by trying: it sends without being counted.
CODE_LENGTH = 12
SALT_BYTES = 16
PIN_ROUNDS = 100_000


def _hashed(pin: str, salt: str) -> str:
    hashed = hashlib.pbkdf2_hmac(
        "sha256", pin.encode(), bytes.fromhex(salt), PIN_ROUNDS
    )
    return hashed.hex()


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not KioskDevice.objects.filter(code=code).exists():
            return code


@transaction.atomic
def save_kiosk(*, device: KioskDevice, pin: str = "") -> KioskDevice:
    """Register a device under a code of its own, or change one; a PIN replaces it."""
    is_new = device.pk is None
    if is_new:
        device.code = _free_code()
    if pin:
        device.pin_salt = secrets.token_hex(SALT_BYTES)
        device.pin_hash = _hashed(pin, device.pin_salt)
    device.save()
    record(action="kiosk.created" if is_new else "kiosk.edited", target=device)
    return device


@transaction.atomic
def set_kiosk_active(*, device: KioskDevice, is_active: bool) -> None:
    """Let a device ask and send again, or revoke its code."""
    KioskDevice.objects.filter(pk=device.pk).update(is_active=is_active)
    record(action="kiosk.opened" if is_active else "kiosk.revoked", target=device)


def note_kiosk_seen(
    *,
    device: KioskDevice,
    waiting: int | None = None,
    offset_seconds: float | None = None,
) -> None:
    """Keep when a device was heard of, and what it told of itself."""
    said: dict[str, object] = {"last_seen_at": clock.now()}
    if waiting is not None:
        said["waiting"] = waiting
    if offset_seconds is not None:
        said["clock_offset_seconds"] = offset_seconds
    KioskDevice.objects.filter(pk=device.pk).update(**said)


def note_kiosk_answer(
    *,
    device: KioskDevice,
    key: str,
    device_at: dt.datetime,
    offset_seconds: float,
    received_at: dt.datetime,
) -> bool:
    """Keep that an answer has arrived; False if it was here before.

    Runs inside the transaction that saves the answer.
    """
    _row, is_new = KioskAnswer._default_manager.get_or_create(  # noqa: SLF001 Django's documented API.
        device=device,
        key=key,
        defaults={
            "device_at": device_at,
            "offset_seconds": offset_seconds,
            "received_at": received_at,
        },
    )
    return is_new
