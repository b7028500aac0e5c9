"""Messages written to `messages.jsonl` in the account's folder, addresses in clear."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from zhiyin.channels.base import (
    Callback,
    CallbackAnswer,
    CallbackRefusedError,
    Config,
    Handover,
    Inbound,
    Kind,
    Outgoing,
    TemporaryError,
)
from zhiyin.channels.base import gettext_noop as _

FILE = "messages.jsonl"
LONGEST_ADDRESS = 200
MOST_SEGMENTS = 100
CHARACTERS_PER_SEGMENT = 1000


class LogChannel:
    """Appends a line per message; one write per line, so a kill cannot halve it."""

    def __init__(self, config: Config) -> None:
        self._path = config.folder / FILE

    def send(self, outgoing: Outgoing) -> Handover:
        """Append the message."""
        line = {
            "reference": outgoing.reference,
            "to": outgoing.to,
            "subject": outgoing.subject,
            "body": outgoing.body,
        }
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            descriptor = os.open(self._path, flags, 0o600)
            try:
                os.write(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            text = f"the file of the log cannot be written: {error}"
            raise TemporaryError(text, is_account_wide=True) from error
        return Handover(outgoing.reference, count_segments(outgoing.body))

    def poll(self) -> Sequence[Inbound]:
        """Return nothing: a file does not answer."""
        return ()

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Refuse: nobody can call on behalf of a file."""
        text = f"a log takes no callbacks; received {len(callback.body)} bytes"
        raise CallbackRefusedError(text)

    def close(self) -> None:
        """Nothing is held open."""


def count_segments(text: str) -> int:
    """Return one segment for every thousand characters."""
    return max(1, -(-len(text) // CHARACTERS_PER_SEGMENT))


def read_address(text: str) -> str:
    """Return the address without blanks around it; raises ValueError."""
    address = text.strip()
    if not address or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise ValueError(_("An address has 1 to 200 characters on one line."))
    return address


KIND = Kind(
    code="log",
    label=_("Log file (for trying out)"),
    medium=None,
    settings=(),
    open=LogChannel,
    read_address=read_address,
    count_segments=count_segments,
    most_segments=MOST_SEGMENTS,
    about=_(
        "Messages are written to a file of this installation, with addresses in "
        "clear. Nobody receives anything.",
    ),
)
