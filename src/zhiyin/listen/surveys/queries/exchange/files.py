"""A file of any of the programs: told by its content, read, and checked."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.definition_faults import definition_faults
from zhiyin.listen.surveys.queries.exchange.limesurvey import limesurvey_reading
from zhiyin.listen.surveys.queries.exchange.lss import read_lss
from zhiyin.listen.surveys.queries.exchange.own import FORMAT, dump_definition, read_own
from zhiyin.listen.surveys.queries.exchange.qsf import read_qsf
from zhiyin.listen.surveys.queries.exchange.reading import (
    MOST_BYTES,
    ExchangeError,
    Reading,
)
from zhiyin.listen.surveys.queries.exchange.tsv import is_tsv, read_tsv

_FAULTS_SHOWN = 5


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Databases keep no NUL, written out or as an escape of JSON.
        if "\x00" not in text and "\\u0000" not in text:
            return text
    raise ExchangeError(_("The file is no text in UTF-8."))


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _from_json(text: str) -> Reading:
    try:
        data: Any = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ExchangeError(_("The file is no complete JSON: %s") % error) from error
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return read_own(data)
    if isinstance(data, dict) and {"SurveyEntry", "SurveyElements"} <= set(data):
        return read_qsf(data)
    raise ExchangeError(
        _("The JSON is neither a questionnaire of ours nor a Qualtrics survey (.qsf)."),
    )


def _read(content: bytes) -> Reading:
    if content[:2] == b"PK":
        raise ExchangeError(
            _(
                "This is an archive. Export the structure alone: .lss or .txt from "
                "LimeSurvey, .qsf from Qualtrics.",
            ),
        )
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head == b"<":
        return limesurvey_reading(read_lss(content.lstrip(b" \t\r\n")), "limesurvey")
    text = _text(content)
    if head == b"{" or text.lstrip()[:1] == "{":
        return _from_json(text)
    if is_tsv(text):
        return limesurvey_reading(read_tsv(text), "limesurvey")
    raise ExchangeError(
        _(
            "The file is none that can be read: our own .json, .lss or tab-separated "
            ".txt of LimeSurvey, or .qsf of Qualtrics.",
        ),
    )


def read_questionnaire(content: bytes) -> Reading:
    """Read a questionnaire's file, whichever program wrote it.

    Raises ExchangeError, and nothing else, for whatever cannot be read.
    """
    if not content.strip():
        raise ExchangeError(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise ExchangeError(
            _("The file has %(size)s MB; at most %(limit)s MB are read.")
            % {"size": len(content) // 2**20, "limit": MOST_BYTES // 2**20},
        )
    try:
        reading = _read(content)
        # Halves of characters cannot be stored either; this is where they show.
        dump_definition(reading.definition)
        faults = definition_faults(reading.definition)
    except ExchangeError:
        raise
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        # A part of another shape than the program writes: a damaged or edited file.
        raise ExchangeError(
            _("The file is damaged: a part is not of the shape it should have."),
        ) from error
    if faults:
        raise ExchangeError(
            _("The questionnaire in the file cannot be used: %s")
            % _("; ").join(faults[:_FAULTS_SHOWN]),
        )
    return reading
