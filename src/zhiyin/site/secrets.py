"""Keys of one installation: from the environment, else made once and kept in a file.

A key in the environment wins. Without one, a random key is written to
`<home>/secrets.json`, readable by its owner alone, so that a first start needs no
set-up and a second start still reads what the first one encrypted.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

NAMES = ("ZHIYIN_SECRET_KEY", "ZHIYIN_FIELD_KEY")


def _fresh() -> dict[str, str]:
    return {
        "ZHIYIN_SECRET_KEY": secrets.token_urlsafe(48),
        "ZHIYIN_FIELD_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def load_secrets(home: Path) -> dict[str, str]:
    """Return both keys, making the file on first use."""
    given = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(given) == len(NAMES):
        return given
    path = home / "secrets.json"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            # Another process started at the same moment and made it.
            pass
        else:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(_fresh(), file)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept | given
