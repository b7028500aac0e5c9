"""Operational rows in the shape of the answers dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.schema import ANSWERS, ATTRIBUTE_PREFIX, DEPARTMENT
from zhiyin.analyze.lake.queries.attributes import ANSWERED, TYPES, attribute_columns
from zhiyin.analyze.lake.queries.dialects import Dialect
from zhiyin.analyze.lake.queries.readings import Reading
from zhiyin.listen.surveys.models import SCORED_KINDS

Ids = npt.NDArray[np.int64]

CHUNK = 40_000
"""Responses read at a time: bounds memory to some tens of megabytes."""

_FURTHER = pa.field("further_texts", pa.string())
_ATTRIBUTES = pa.field("attributes", pa.string())
_ANSWERED = pa.field("answered", pa.string())
_REVISION = pa.field("revision", pa.int64())
_ANSWER = pa.field("answer_id", pa.int64())
_RAW = pa.schema(
    [field.with_nullable(nullable=True) for field in ANSWERS]
    + [DEPARTMENT, _FURTHER, _ATTRIBUTES, _ANSWERED, _REVISION, _ANSWER],
)


@dataclass(frozen=True)
class Chunk:
    """Rows of the dataset, and what the manifest keeps about them."""

    table: pa.Table
    revision_low: int
    revision_high: int
    unregistered: frozenset[str] = frozenset()


def dataset_schema(fields: dict[str, str]) -> pa.Schema:
    """Return the columns of a file written under these registered fields."""
    schema = ANSWERS.append(DEPARTMENT)
    for code, kind in fields.items():
        schema = schema.append(pa.field(ATTRIBUTE_PREFIX + code, TYPES[kind]))
    return schema


def read_answers(
    reading: Reading,
    ids: Ids,
    fields: dict[str, str],
) -> Iterator[Chunk]:
    """Yield the answers of some responses; responses that are gone yield nothing."""
    asks_more = any(code.startswith(ANSWERED) for code in fields)
    for start in range(0, len(ids), CHUNK):
        wanted = ids[start : start + CHUNK].tolist()
        raw = reading.table(_select(reading.dialect, wanted, asks_more=asks_more), _RAW)
        if raw.num_rows:
            yield _shaped(raw, fields)


def _select(dialect: Dialect, ids: list[int], *, asks_more: bool) -> str:
    # A response without any scored answer takes the main question of its
    # questionnaire, unanswered, so that its words are not lost.
    scored = ", ".join(f"'{kind.value}'" for kind in SCORED_KINDS)
    main = (
        "SELECT min(i.id) FROM surveys_item i WHERE i.version_id = v.id "
        f"AND i.is_primary AND i.kind IN ({scored})"
    )
    same = (
        "SELECT min(i.id) FROM surveys_item i WHERE i.version_id = v.id "
        "AND i.code = a.item"
    )
    answered = dialect.answered() if asks_more else "CAST(NULL AS text)"
    return (
        "SELECT r.id, coalesce(a.item, p.code, 'comment'), "
        "coalesce(a.kind, p.kind, 'share'), a.score, "
        "coalesce(a.scale_min, p.scale_min, 0), "
        "coalesce(a.scale_max, p.scale_max, 10), "
        "coalesce(a.detractor_max, p.detractor_max), "
        "coalesce(a.promoter_min, p.promoter_min), "
        f"n.code, v.number, {dialect.time('r.responded_at')}, r.stream, "
        "nullif(r.touchpoint, ''), nullif(r.wave, ''), nullif(r.channel, ''), "
        "nullif(r.language, ''), c.key_hash, r.weight, nullif(r.stratum, ''), "
        "nullif(r.cluster, ''), nullif(r.comment, ''), nullif(r.excluded, ''), "
        f"d.path, {dialect.further_texts()}, {dialect.json('r.attributes')}, "
        f"{answered}, r.revision, a.id "
        "FROM responses_response r "
        "JOIN surveys_instrumentversion v ON v.id = r.instrument_version_id "
        "JOIN surveys_instrument n ON n.id = v.instrument_id "
        "LEFT JOIN customers_customer c ON c.id = r.customer_id "
        "LEFT JOIN accounts_department d ON d.id = r.department_id "
        "LEFT JOIN responses_answer a ON a.response_id = r.id "
        f"AND a.kind IN ({scored}) "
        f"LEFT JOIN surveys_item p ON p.id = CASE WHEN a.id IS NULL THEN ({main}) "
        f"WHEN a.scale_min IS NULL THEN ({same}) END "
        f"WHERE {dialect.among('r.id', ids)} "
        "ORDER BY r.id, a.is_primary DESC, a.id"
    )


def _shaped(raw: pa.Table, fields: dict[str, str]) -> Chunk:
    revisions = pc.min_max(raw["revision"]).as_py()
    raw = _with_words_once(raw)
    columns, unregistered = attribute_columns(
        raw["attributes"], raw["answered"], fields
    )
    schema = dataset_schema(fields)
    standard = [raw[name] for name in schema.names[: len(ANSWERS) + 1]]
    return Chunk(
        table=pa.Table.from_arrays([*standard, *columns.values()], schema=schema),
        revision_low=revisions["min"],
        revision_high=revisions["max"],
        unregistered=unregistered,
    )


def _with_words_once(raw: pa.Table) -> pa.Table:
    """Put a response's words on its first row, and drop rows that say nothing."""
    ids = raw["response_id"].to_numpy()
    first = pa.array(np.concatenate([[True], ids[1:] != ids[:-1]]))
    # Joined only where both are there: the join that skips nulls loses rows that
    # have neither.
    said, further = raw["comment"], raw["further_texts"]
    both = pc.binary_join_element_wise(said, further, "\n")
    words = pc.coalesce(both, said, further)
    words = pc.if_else(first, words, None)
    raw = raw.set_column(raw.schema.get_field_index("comment"), "comment", words)
    return raw.filter(pc.or_(pc.is_valid(raw["answer_id"]), pc.is_valid(words)))
