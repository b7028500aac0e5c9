"""Sealing the audit log, and looking along the chain for what was tampered with.

Writes stay as fast as they were: a background task chains what is already committed.
The hashes are keyed, so that whoever can write to the database but does not hold the
installation's field key cannot make a new chain that fits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max

from zhiyin.accounts.models import (
    AuditCheck,
    AuditEntry,
    AuditSeal,
    ChainFault,
    Organisation,
    Person,
    pack_marks,
)
from zhiyin.accounts.services.audit import record
from zhiyin.common import clock
from zhiyin.common.confidential import keyed_hash

ENTRIES_PER_SEAL = 1_000
CHECK_EVERY = dt.timedelta(hours=24)
MARK_CHARACTERS = 16


def digest_of(entry: AuditEntry) -> str:
    """Return the keyed digest of everything an entry says."""
    told = [
        entry.pk,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.reason,
        entry.detail,
        entry.address,
    ]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return keyed_hash(entry.organisation_id, text)


def seal_entries() -> bool:
    """Chain what was committed since the last seal; return whether there was any."""
    horizon = _horizon()
    if not horizon:
        return False
    homes = Organisation.objects.values_list("pk", flat=True)
    return sum(_seal_next(home, horizon) for home in homes) > 0


def _horizon() -> int:
    """Return the last entry below which none can still be committed; 0 to wait.

    PostgreSQL commits out of order. Whoever is writing an entry holds a lock on the
    table; when a shared one is had, every number given out is committed or gone.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '200ms'")
                    cursor.execute("LOCK TABLE accounts_auditentry IN SHARE MODE")
            return AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    except DatabaseError:
        return 0


def _seal_next(home: int, horizon: int) -> bool:
    last = AuditSeal.objects.of(home).order_by("number").last()
    rows = AuditEntry.objects.of(home).order_by("pk")
    rows = rows.filter(pk__gt=last.last_entry if last else 0, pk__lte=horizon)
    entries = list(rows[:ENTRIES_PER_SEAL])
    if not entries:
        return False
    digests = [(entry.pk, digest_of(entry)) for entry in entries]
    try:
        with transaction.atomic():
            AuditSeal.objects.create(
                organisation_id=home,
                number=last.number + 1 if last else 1,
                first_entry=entries[0].pk,
                last_entry=entries[-1].pk,
                entries=len(entries),
                marks=pack_marks(digests),
                previous=last.hash if last else "",
                hash=_linked(home, last.hash if last else "", digests),
                sealed_at=clock.now(),
            )
    except IntegrityError:
        # Another worker sealed the same stretch; nothing is lost.
        return False
    return True


def _linked(home: int, link: str, digests: list[tuple[int, str]]) -> str:
    for _number, digest in digests:
        link = keyed_hash(home, link + digest)
    return link


@dataclass
class ChainVerdict:
    """How far the chain holds; `broken_entry` is the first that does not fit."""

    entries: int = 0
    through_entry: int = 0
    broken_entry: int | None = None
    fault: str = ""


def verify_chain(organisation_id: int) -> ChainVerdict:
    """Look along the whole chain, and stop at the first thing that does not fit."""
    verdict, link = ChainVerdict(), ""
    seals = AuditSeal.objects.of(organisation_id).order_by("number")
    for number, seal in enumerate(seals.iterator(chunk_size=50), start=1):
        digests = _digests(organisation_id, verdict.through_entry, seal.last_entry)
        broken = _first_difference(seal, digests)
        if broken is not None:
            verdict.broken_entry, verdict.fault = broken
            return verdict
        linked = _linked(organisation_id, link, digests)
        if (seal.number, seal.previous, seal.hash) != (number, link, linked):
            verdict.broken_entry, verdict.fault = seal.last_entry, ChainFault.SEAL
            return verdict
        link = linked
        verdict.entries += len(digests)
        verdict.through_entry = seal.last_entry
    return verdict


def _digests(home: int, after: int, last: int) -> list[tuple[int, str]]:
    rows = AuditEntry.objects.of(home).filter(pk__gt=after, pk__lte=last)
    return [(entry.pk, digest_of(entry)) for entry in rows.order_by("pk")]


def _first_difference(
    seal: AuditSeal, digests: list[tuple[int, str]]
) -> tuple[int, str] | None:
    known, now = dict(seal.known()), dict(digests)
    for entry in sorted(chain(known, now.keys() - known.keys())):
        if entry not in now:
            return entry, ChainFault.MISSING
        if entry not in known:
            return entry, ChainFault.ADDED
        if known[entry] != now[entry][:MARK_CHARACTERS]:
            return entry, ChainFault.CHANGED
    return None


def ask_for_check(*, by: Person) -> AuditCheck:
    """Have the worker look along the chain of a person's organisation."""
    made = AuditCheck.objects.create(
        organisation=by.organisation, asked_by=by, asked_at=clock.now()
    )
    record(action="audit.checked", actor=by)
    return made


def check_next() -> bool:
    """Do one check that was asked for, or is due; return whether there was one."""
    waiting = AuditCheck.objects.filter(finished_at=None).order_by("pk").first()
    if waiting is None:
        waiting = next(_due(), None)
    if waiting is None:
        return False
    found = verify_chain(waiting.organisation_id)
    for name, value in vars(found).items():
        setattr(waiting, name, value)
    waiting.finished_at = clock.now()
    waiting.save()
    if found.fault:
        record(
            action="audit.broken",
            organisation=waiting.organisation_id,
            entry=found.broken_entry,
            fault=str(found.fault),
        )
    return True


def _due() -> Iterator[AuditCheck]:
    since = clock.now() - CHECK_EVERY
    fresh = AuditCheck.objects.filter(asked_at__gt=since).values("organisation")
    for home in Organisation.objects.exclude(pk__in=fresh):
        if AuditSeal.objects.of(home).exists():
            yield AuditCheck(organisation=home, asked_at=clock.now())


def proof_rows(organisation_id: int) -> Iterator[tuple[object, ...]]:
    """Yield the seals as rows of the file that proves the log's state of today."""
    seals = AuditSeal.objects.of(organisation_id).order_by("number").defer("marks")
    for seal in seals.iterator(chunk_size=500):
        yield (
            seal.number,
            seal.first_entry,
            seal.last_entry,
            seal.entries,
            seal.hash,
            seal.sealed_at.isoformat(),
        )


def seal_that_differs(organisation_id: int, kept: dict[int, str]) -> int | None:
    """Return the first seal of a proof kept elsewhere that no longer stands so.

    It finds what the chain alone cannot: that the log's end was cut off with its
    seals, or that somebody who holds the key wrote it anew.
    """
    seals = AuditSeal.objects.of(organisation_id).filter(number__in=kept)
    now = dict(seals.values_list("number", "hash"))
    return next((one for one in sorted(kept) if now.get(one) != kept[one]), None)
