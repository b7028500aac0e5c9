"""Empty the whole database, the audit log with it."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from zhiyin.accounts.models.guards import lift_audit_guards, raise_audit_guards


class Command(flush.Command):
    """Django's own command, with the audit log's fence down while it runs."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        lift_audit_guards(connection)
        try:
            super().handle(**options)
        finally:
            raise_audit_guards(connection)
