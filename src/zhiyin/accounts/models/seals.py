"""The chain over the audit log: each seal binds the entries before it for good."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.audit import EntryIsFinalError
from zhiyin.accounts.models.people import Person

# An entry's number, and as much of its digest as tells which entry was changed.
_MARK = struct.Struct(">q8s")


class AuditSealQuerySet(VisibleQuerySet["AuditSeal"]):
    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse: seals are append-only."""
        raise EntryIsFinalError

    def delete(self) -> NoReturn:
        """Refuse: seals are append-only."""
        raise EntryIsFinalError


class AuditSeal(OrganisationOwned):
    """A stretch of one organisation's log; its hash carries all entries up to here."""

    number = models.PositiveBigIntegerField(_("seal number"))
    first_entry = models.BigIntegerField(_("first entry"))
    last_entry = models.BigIntegerField(_("last entry"))
    entries = models.PositiveIntegerField(_("entries"))
    marks = models.BinaryField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(_("sealed"))

    objects = AuditSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of the audit log")
        verbose_name_plural = _("seals of the audit log")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="audit_seal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_entry}-{self.last_entry}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EntryIsFinalError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise EntryIsFinalError

    def known(self) -> Iterator[tuple[int, str]]:
        """Yield the entries it holds, by number, with the beginning of each digest."""
        for number, start in _MARK.iter_unpack(bytes(self.marks)):
            yield number, start.hex()


def pack_marks(digests: Iterable[tuple[int, str]]) -> bytes:
    """Return entries by number and digest as a seal keeps them."""
    return b"".join(
        _MARK.pack(number, bytes.fromhex(digest[:16])) for number, digest in digests
    )


class ChainFault(models.TextChoices):
    CHANGED = "changed", _("The entry was changed.")
    MISSING = "missing", _("The entry is missing.")
    ADDED = "added", _("The entry was added afterwards.")
    SEAL = "seal", _("The seal after this entry was changed or is missing.")


class AuditCheck(OrganisationOwned):
    """One look along the whole chain, and what it found."""

    asked_by = models.ForeignKey(
        Person, null=True, on_delete=models.RESTRICT, related_name="+"
    )
    asked_at = models.DateTimeField(_("time asked"))
    finished_at = models.DateTimeField(_("time checked"), null=True)
    entries = models.PositiveBigIntegerField(_("entries"), default=0)
    through_entry = models.BigIntegerField(_("up to entry"), default=0)
    broken_entry = models.BigIntegerField(_("first broken entry"), null=True)
    fault = models.CharField(max_length=10, choices=ChainFault.choices, blank=True)

    objects = VisibleQuerySet["AuditCheck"].as_manager()

    class Meta:
        verbose_name = _("check of the audit log")
        verbose_name_plural = _("checks of the audit log")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-asked_at"])]

    def __str__(self) -> str:
        return f"{self.entries} {self.fault}"

    @property
    def is_intact(self) -> bool:
        """Tell whether the look ended without a fault."""
        return self.finished_at is not None and not self.fault
