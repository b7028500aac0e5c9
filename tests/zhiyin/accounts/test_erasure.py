"""An organisation can be erased whole, and only whole."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.zhiyin.strangers import registered
from zhiyin.accounts.models import (
    AuditEntry,
    Organisation,
    OrganisationErasure,
    Person,
    Role,
)
from zhiyin.accounts.services import (
    Grant,
    add_department,
    add_person,
    create_api_token,
    erase_organisation,
    record,
)

pytestmark = pytest.mark.django_db


def settle(organisation: Organisation) -> None:
    """Give an organisation a tree, a person with a role, a token, and so a log."""
    root = add_department(organisation=organisation, code="hq", name="总部")
    hall = add_department(organisation=organisation, code="h", name="厅", parent=root)
    person = add_person(
        organisation=organisation,
        email=f"a@{organisation.code}.example",
        name="甲",
        roles=[Grant(Role.AGENT, hall), Role.SYS_ADMIN],
    )
    create_api_token(person=person, name="notebook")


def test_erasing_one_organisation_leaves_the_other_untouched(
    organisation: Organisation,
    other_organisation: Organisation,
):
    settle(organisation)
    settle(other_organisation)
    number, theirs = organisation.pk, other_organisation.pk
    kept = AuditEntry.objects.filter(organisation=theirs).count()

    call_command(
        "erase_organisation",
        organisation.code,
        confirm=organisation.code,
        reason="contract ended",
    )

    assert list(Organisation.objects.all()) == [other_organisation]
    assert AuditEntry.objects.filter(organisation=theirs).count() == kept
    assert not AuditEntry.objects.filter(organisation=number).exists()
    assert Person.objects.get().organisation == other_organisation
    proof = OrganisationErasure.objects.get()
    assert (proof.code, proof.organisation_number) == ("huaxing", number)
    assert proof.finished_at is not None
    assert proof.rows_erased > 10


def test_after_the_erasure_the_log_is_closed_again(
    organisation: Organisation,
    other_organisation: Organisation,
):
    settle(organisation)
    settle(other_organisation)

    erase_organisation(organisation=organisation, ordered_by="ops", reason="left")

    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM accounts_auditentry")


def test_a_mistyped_confirmation_erases_nothing(organisation: Organisation):
    with pytest.raises(CommandError, match="confirm"):
        call_command(
            "erase_organisation",
            organisation.code,
            confirm="huaxin",
            reason="left",
        )
    with pytest.raises(CommandError, match="no organisation"):
        call_command("erase_organisation", "nobody", confirm="nobody", reason="left")

    assert Organisation.objects.count() == 1


def test_deleting_an_organisation_past_the_command_is_stopped_by_its_log(
    organisation: Organisation,
):
    record(action="x.done", organisation=organisation)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        organisation.delete()

    assert AuditEntry.objects.count() == 1


def rows_of(organisation_number: int) -> dict[str, int]:
    """Count what still names the organisation, in every table of every app."""
    left = {}
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if field.related_model is Organisation
        ]
        for name in names:
            rows = model._base_manager.filter(**{name: organisation_number})
            if rows.exists():
                left[model._meta.label] = rows.count()
    return left


def test_what_every_app_holds_of_the_organisation_goes_with_it(
    organisation: Organisation,
    other_organisation: Organisation,
):
    for home in (organisation, other_organisation):
        for address in registered().values():
            address.path(home)
    number, theirs = organisation.pk, rows_of(other_organisation.pk)
    assert len(rows_of(number)) > 8

    erase_organisation(organisation=organisation, ordered_by="ops", reason="left")

    connection.check_constraints()
    assert rows_of(number) == {}
    assert rows_of(other_organisation.pk) == theirs
