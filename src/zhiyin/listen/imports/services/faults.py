"""Why a file or a row is not taken, by stable code; pages say it in their language."""

from __future__ import annotations

from typing import Any

from cxstats.errors import FileError


class ImportRefusedError(Exception):
    """A file or a mapping that cannot be imported as it is.

    `code` is stable; `facts` are the numbers and names its message needs, all of them
    plain values, because both are stored with the import.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = {name: _plain(value) for name, value in facts.items()}
        super().__init__(f"{code}: {self.facts}")

    @classmethod
    def of_file(cls, error: FileError, name: str) -> ImportRefusedError:
        """Return the refusal of a file that the reader could not read."""
        facts = {"message": str(error)} | error.facts | {"name": name}
        return cls(error.code, **facts)

    def stored(self) -> dict[str, Any]:
        """Return what an import keeps of it."""
        return {"code": self.code, "facts": self.facts}


def _plain(value: object) -> object:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple, set)):
        return ", ".join(str(each) for each in value)
    return str(value)
