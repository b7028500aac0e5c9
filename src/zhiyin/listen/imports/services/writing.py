"""Storing rows: responses with their answers, each exactly once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.common.bulk import (
    existing,
    insert_rows,
    moment,
    take_ids,
)
from zhiyin.listen.imports.models import Import, ImportMapping, Role
from zhiyin.listen.imports.services.people import meet_customers
from zhiyin.listen.imports.services.rows import ReadRow
from zhiyin.listen.imports.services.targets import (
    Touchpoints,
    departments_of,
    item_codes,
    scale_of,
)
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import InstrumentVersion, ItemKind

_CUSTOMERS_REMEMBERED = 100_000

# A ready encoder: `json.dumps` with options builds one for every row.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_RESPONSE_FIELDS = (
    "id", "organisation", "instrument_version", "customer", "department",
    "responded_at", "stream", "touchpoint", "wave", "channel", "language", "weight",
    "stratum", "cluster", "comment", "attributes", "excluded", "source", "source_key",
    "edit_key", "received_at", "revision",
)  # fmt: skip
_ANSWER_FIELDS = (
    "response", "item", "kind", "is_primary", "score", "text", "choices",
    "scale_min", "scale_max", "detractor_max", "promoter_min",
)  # fmt: skip


@dataclass
class Outcome:
    """What became of some rows that could be read."""

    accepted: int = 0
    excluded: int = 0
    kept: int = 0
    duplicate: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    missing: dict[str, Counter[str]] = field(default_factory=dict)


def known_keys(organisation: Organisation, keys: Sequence[str]) -> set[str]:
    """Return which of these rows are already there."""
    return set(existing(Response, "source_key", keys, organisation=organisation.pk))


def sort_rows(
    rows: Sequence[ReadRow], known: set[str], questions: Sequence[str]
) -> tuple[list[ReadRow], Outcome]:
    """Decide what is stored: new rows that answer something.

    A row without the main score is excluded by rule and counted; it is kept where it
    answers something else, with the main question unanswered.
    """
    outcome = Outcome(missing={name: Counter() for name in questions})
    stored: list[ReadRow] = []
    for row in rows:
        if row.source_key in known:
            outcome.duplicate += 1
            continue
        if row.is_excluded:
            outcome.excluded += 1
            outcome.reasons[row.missing[0]] += 1
            if not row.has_answers:
                continue
            outcome.kept += 1
        else:
            outcome.accepted += 1
        known.add(row.source_key)
        stored.append(row)
        for name, rule in zip(questions[1:], row.missing[1:], strict=True):
            if rule:
                outcome.missing[name][rule] += 1
    return stored, outcome


class Writer:
    """Stores the rows of one import.

    It looks for rows that are already there only once the unique constraint has told
    that there are some: a new file pays nothing for what never happens to it.
    """

    def __init__(
        self, batch: Import, mapping: ImportMapping, version: InstrumentVersion
    ) -> None:
        self._batch = batch
        self._mapping = mapping
        self._version = version.pk
        self._departments = departments_of(batch.organisation)
        self._touchpoints = Touchpoints(batch.organisation)
        self._customers: dict[str, int] = {}
        self._expects_repeats = False
        codes = item_codes(mapping)
        self._questions = [rule.name for rule in mapping.scores]
        self._scores = [
            (codes[rule.name], rule.kind, index == 0, scale_of(rule))
            for index, rule in enumerate(mapping.scores)
        ]
        self._comments = [codes[rule.name] for rule in mapping.with_role(Role.COMMENT)]

    def write(self, rows: Sequence[ReadRow]) -> Outcome:
        """Store what is new, in the transaction that also keeps the progress."""
        organisation = self._batch.organisation
        keys = [row.source_key for row in rows]
        known = known_keys(organisation, keys) if self._expects_repeats else set()
        stored, outcome = sort_rows(rows, known, self._questions)
        if stored:
            self._meet_customers(stored)
            ids = take_ids(Response, len(stored))
            pairs = list(zip(ids, stored, strict=True))
            now = moment(clock.now())
            responses = [self._response(pk, row, now) for pk, row in pairs]
            insert_rows(Response, _RESPONSE_FIELDS, responses)
            answers = [answer for pk, row in pairs for answer in self._answers(pk, row)]
            insert_rows(Answer, _ANSWER_FIELDS, answers)
        return outcome

    def forget(self) -> None:
        """Drop what was supposed about the database, before a second try."""
        self._expects_repeats = True
        self._customers.clear()
        self._departments = departments_of(self._batch.organisation)

    def _meet_customers(self, rows: Sequence[ReadRow]) -> None:
        keys = {row.codes.get(Role.CUSTOMER, "") for row in rows} - {""}
        unknown = keys - self._customers.keys()
        if not unknown:
            return
        if len(self._customers) > _CUSTOMERS_REMEMBERED:
            self._customers.clear()
            unknown = keys
        self._customers |= meet_customers(self._batch.organisation, unknown)

    def _response(self, pk: int, row: ReadRow, now: Any) -> tuple[Any, ...]:
        told = row.codes.get
        mapping = self._mapping
        return (
            pk,
            self._batch.organisation_id,
            self._version,
            self._customers.get(told(Role.CUSTOMER, "")),
            self._departments.get(told(Role.DEPARTMENT, "")),
            moment(row.responded_at),
            mapping.stream,
            self._touchpoints.code_of(told(Role.TOUCHPOINT, "")) or mapping.touchpoint,
            mapping.wave,
            told(Role.CHANNEL, "") or mapping.channel,
            "",
            row.weight,
            told(Role.STRATUM, ""),
            told(Role.CLUSTER, ""),
            "\n".join(comment for comment in row.comments if comment),
            _encode(row.attributes),
            "",
            self._batch.source,
            row.source_key,
            "",
            now,
            0,
        )

    def _answers(self, pk: int, row: ReadRow) -> list[tuple[Any, ...]]:
        # The main question stays without a number where it was not answered; other
        # questions simply have no answer.
        given = [
            (
                pk,
                code,
                kind,
                is_primary,
                score,
                "",
                "[]",
                scale.minimum,
                scale.maximum,
                scale.detractor_max,
                scale.promoter_min,
            )
            for (code, kind, is_primary, scale), score in zip(
                self._scores, row.scores, strict=True
            )
            if is_primary or score is not None
        ]
        words = [
            (pk, code, ItemKind.TEXT.value, False, None, text, "[]", *(None,) * 4)
            for code, text in zip(self._comments, row.comments, strict=True)
            if text
        ]
        return given + words
