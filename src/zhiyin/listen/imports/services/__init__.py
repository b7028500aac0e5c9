"""Writes of imports: take files in, map them, run them, take them back."""

from __future__ import annotations

from zhiyin.listen.imports.services.checking import columns_by_name, problems_of
from zhiyin.listen.imports.services.driving import (
    begin,
    drive,
    look_at_next,
    run_some,
    undo_next,
)
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.guesses import (
    apply_profile,
    guess_mapping,
    score_rule,
)
from zhiyin.listen.imports.services.profiling import look_at_import
from zhiyin.listen.imports.services.rejects import (
    Reject,
    read_rejects,
    rejects_as_csv,
)
from zhiyin.listen.imports.services.retention import delete_old_files
from zhiyin.listen.imports.services.steps import (
    cancel_import,
    delete_profile,
    discard_import,
    go_on_with_import,
    import_again,
    look_now_or_later,
    read_differently,
    save_mapping,
    save_profile,
    start_import,
)
from zhiyin.listen.imports.services.tables import (
    guess_table_mapping,
    table_problems,
)
from zhiyin.listen.imports.services.trial import Trial, try_import
from zhiyin.listen.imports.services.unattended import (
    Wishes,
    import_paths,
    run_to_end,
)
from zhiyin.listen.imports.services.undoing import AT_ONCE_ROWS, undo_import, undo_some
from zhiyin.listen.imports.services.uploads import (
    MOST_FILES,
    LimitedUploadHandler,
    StoredFile,
    create_import,
    store_path,
    store_upload,
    too_large,
)
from zhiyin.listen.imports.services.wording import (
    say_file_fault,
    say_guess,
    say_row_fault,
)

__all__ = [
    "AT_ONCE_ROWS",
    "MOST_FILES",
    "ImportRefusedError",
    "LimitedUploadHandler",
    "Reject",
    "StoredFile",
    "Trial",
    "Wishes",
    "apply_profile",
    "begin",
    "cancel_import",
    "columns_by_name",
    "create_import",
    "delete_old_files",
    "delete_profile",
    "discard_import",
    "drive",
    "go_on_with_import",
    "guess_mapping",
    "guess_table_mapping",
    "import_again",
    "import_paths",
    "look_at_import",
    "look_at_next",
    "look_now_or_later",
    "problems_of",
    "read_differently",
    "read_rejects",
    "rejects_as_csv",
    "run_some",
    "run_to_end",
    "save_mapping",
    "save_profile",
    "say_file_fault",
    "say_guess",
    "say_row_fault",
    "score_rule",
    "start_import",
    "store_path",
    "store_upload",
    "table_problems",
    "too_large",
    "try_import",
    "undo_import",
    "undo_next",
    "undo_some",
]
