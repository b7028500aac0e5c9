from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "zhiyin.listen.imports"
    label = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.listen.imports.services.holdings import register_places
        from zhiyin.listen.imports.tasks import register_tasks

        register_tasks()
        name_actions(
            {
                "import.uploaded": _("Uploaded files to import"),
                "import.read_differently": _("Changed how a file is read"),
                "import.mapped": _("Mapped the columns of an import"),
                "import.started": _("Started an import"),
                "import.finished": _("Finished an import"),
                "import.failed": _("An import failed"),
                "import.cancel_asked": _("Asked to cancel an import"),
                "import.cancelled": _("Cancelled an import"),
                "import.resumed": _("Took up an import again"),
                "import.undo_asked": _("Asked to undo an import"),
                "import.undone": _("Undid an import"),
                "import.discarded": _("Discarded an upload"),
                "import.files_deleted": _("Deleted the files of an import"),
                "import.rejects_downloaded": _("Downloaded rejected rows"),
                "mapping_profile.created": _("Saved a mapping profile"),
                "mapping_profile.edited": _("Changed a mapping profile"),
                "mapping_profile.deleted": _("Deleted a mapping profile"),
            },
        )
        register_places()
