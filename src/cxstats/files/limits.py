"""How much of a file is accepted: every bound in one place, all of them adjustable."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that keep one file from taking the machine.

    Parameters
    ----------
    file_bytes
        Largest file, in bytes as stored.
    columns
        Most columns of a table.
    cell_characters
        Longest cell; a row with a longer one is rejected, the others are kept.
    line_characters
        Longest physical line of a text file; longer is not a table.
    archive_bytes
        Largest total of an XLSX's parts once unpacked.
    archive_ratio
        Highest ratio of unpacked to packed size of a part. Spreadsheets reach about
        100; a part made to exhaust memory reaches 1,000.
    rejected_rows
        Most rejected rows kept before reading stops: beyond it the delimiter or the
        header is wrong, not the rows.
    sample_bytes
        How much is looked at to tell the encoding and the delimiter.
    distinct_values
        Most distinct values counted per column by a profile.
    """

    file_bytes: int = 1 << 30
    columns: int = 2_000
    cell_characters: int = 100_000
    line_characters: int = 16 << 20
    archive_bytes: int = 2 << 30
    archive_ratio: int = 250
    rejected_rows: int = 100_000
    sample_bytes: int = 4 << 20
    distinct_values: int = 1_000
