"""Files in and out: our own, LimeSurvey's and Qualtrics'."""

from __future__ import annotations

from zhiyin.listen.surveys.queries.exchange.files import read_questionnaire
from zhiyin.listen.surveys.queries.exchange.own import (
    FORMAT,
    SCHEMA_VERSION,
    dump_definition,
)
from zhiyin.listen.surveys.queries.exchange.reading import (
    MOST_BYTES,
    ExchangeError,
    Reading,
    Unmapped,
)

__all__ = [
    "FORMAT",
    "MOST_BYTES",
    "SCHEMA_VERSION",
    "ExchangeError",
    "Reading",
    "Unmapped",
    "dump_definition",
    "read_questionnaire",
]
