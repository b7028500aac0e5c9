"""Django's own command, which applies migrations without rendering what is the same."""

from __future__ import annotations

from django.core.management.commands import migrate

from zhiyin.site.migrating import SparingExecutor

# The one place at which the command lets itself be told how migrations are applied.
migrate.MigrationExecutor = SparingExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """Apply migrations."""
