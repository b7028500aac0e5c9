"""Whoever gets past every fence and changes the log is found out by the chain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from zhiyin.accounts.models import AuditEntry, AuditSeal, Organisation
from zhiyin.accounts.models.guards import lift_audit_guards, raise_audit_guards
from zhiyin.accounts.services import (
    check_next,
    erase_organisation,
    record,
    seal_entries,
    verify_chain,
)
from zhiyin.accounts.services import seals as sealing

pytestmark = pytest.mark.django_db

PAGE = "/settings/audit/chain/"
TOUCHED = "UPDATE accounts_auditentry SET reason = 'changed' WHERE id = %s"
GONE = "DELETE FROM accounts_auditentry WHERE id = %s"
FORGED = "UPDATE accounts_auditseal SET hash = 'f' WHERE number = 2 AND id <> %s"
# As if it had been there before the last entry: the number of one that was skipped.
SLIPPED_IN = "UPDATE accounts_auditentry SET id = id - 1 WHERE id = %s"


@pytest.fixture
def log(
    organisation: Organisation,
    other_organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> list[int]:
    """Twelve entries of two organisations in turn, sealed five at a time."""
    monkeypatch.setattr(sealing, "ENTRIES_PER_SEAL", 5)
    for number in range(12):
        for home in (organisation, other_organisation):
            record(
                action="thing.done",
                organisation=home,
                reason="季度检查",
                number=number,
            )
    while seal_entries():
        pass
    mine = AuditEntry.objects.of(organisation).order_by("pk")
    return list(mine.values_list("pk", flat=True))


@pytest.fixture
def past_the_fence() -> Callable[[str, int], None]:
    """Run a statement as somebody who took the triggers down."""

    def run(statement: str, entry: int) -> None:
        lift_audit_guards(connection)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, [entry])
        finally:
            raise_audit_guards(connection)

    return run


def test_a_log_nobody_touched_is_intact(
    log: list[int], organisation: Organisation, other_organisation: Organisation
):
    assert AuditSeal.objects.of(organisation).count() == 3
    for home in (organisation, other_organisation):
        found = verify_chain(home.pk)
        assert (found.entries, found.fault) == (12, "")
    assert verify_chain(organisation.pk).through_entry == log[-1]


@pytest.mark.parametrize(
    "harm",
    [
        (TOUCHED, 7, "changed", 7),
        (GONE, 3, "missing", 3),
        (SLIPPED_IN, 5, "added", 5),
        (FORGED, 0, "seal", 9),
    ],
)
def test_what_was_changed_past_the_fence_is_found(
    log: list[int],
    organisation: Organisation,
    other_organisation: Organisation,
    past_the_fence: Callable[[str, int], None],
    harm: tuple[str, int, str, int],
):
    statement, nth, fault, shown = harm
    if statement == SLIPPED_IN:
        stranger = AuditEntry.objects.of(other_organisation).filter(pk=log[nth] - 1)
        for pk in stranger.values_list("pk", flat=True):
            past_the_fence(GONE, pk)
    past_the_fence(statement, log[nth])

    found = verify_chain(organisation.pk)

    expected = log[shown] - (statement == SLIPPED_IN)
    assert (found.fault, found.broken_entry) == (fault, expected)


def test_the_page_says_how_far_the_chain_holds_and_where_it_breaks(
    log: list[int],
    administrator: Client,
    past_the_fence: Callable[[str, int], None],
):
    assert "尚未检查" in administrator.get(PAGE).content.decode()
    administrator.post(PAGE)
    while check_next():
        pass
    assert f"完整至第 {log[-1]} 条" in administrator.get(PAGE).content.decode()

    past_the_fence(TOUCHED, log[4])
    administrator.post(PAGE)
    while check_next():
        pass
    for page in (PAGE, "/settings/audit/"):
        assert f"在第 {log[4]} 条处断开" in administrator.get(page).content.decode()
    assert AuditEntry.objects.filter(action="audit.broken").count() == 1


def test_a_proof_kept_elsewhere_shows_that_the_end_was_cut_off(
    log: list[int],
    organisation: Organisation,
    administrator: Client,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    file = administrator.post("/settings/audit/proof/")
    proof = tmp_path / "proof.csv"
    proof.write_bytes(b"".join(file.streaming_content))
    call_command("verify_audit", organisation.code, proof=proof)
    assert f"intact up to entry {log[-1]}" in capsys.readouterr().out

    lift_audit_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditseal WHERE number = 3")
        cursor.execute("DELETE FROM accounts_auditentry WHERE id > %s", [log[9]])
    raise_audit_guards(connection)

    call_command("verify_audit", organisation.code)
    with pytest.raises(CommandError, match="seal 3 is not what the proof says"):
        call_command("verify_audit", organisation.code, proof=proof)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_auditseal SET hash = ''", "DELETE FROM accounts_auditseal"],
)
def test_the_database_refuses_to_change_seals(log: list[int], statement: str):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_seals_go_with_their_organisation_alone(
    log: list[int], organisation: Organisation, other_organisation: Organisation
):
    erase_organisation(organisation=organisation, ordered_by="test", reason="ended")

    assert set(AuditSeal.objects.values_list("organisation", flat=True)) == {
        other_organisation.pk
    }
    assert verify_chain(other_organisation.pk).fault == ""
