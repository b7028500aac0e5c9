"""What discovery answers with: findings in words and numbers, artefacts apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxstats.discovery.conditions import Condition
from cxstats.discovery.kinds import Kind
from cxstats.display import format_value, text_table
from cxstats.estimates import Estimate, Notice, json_number
from cxstats.filters import Filter
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Discovery", "Finding", "Replication"]

_WIDEST = 56


@dataclass(frozen=True)
class Replication:
    """What a later wave says about a finding.

    Parameters
    ----------
    status
        ``confirmed``, ``not_confirmed`` or ``too_few`` answers to tell.
    n
        Answers of the slice in the later wave.
    difference
        Its difference there.
    p
        One-sided p value in the direction found, corrected for all findings (Holm).
    """

    status: str
    n: int
    difference: Estimate
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Return the replication for JSON."""
        return {
            "status": self.status,
            "n": self.n,
            "difference": json_number(self.difference.value),
            "lower": json_number(self.difference.lower),
            "upper": json_number(self.difference.upper),
            "p_value": json_number(self.p),
        }


@dataclass(frozen=True)
class Finding:
    """A group of customers who score differently from the others.

    Parameters
    ----------
    kind
        ``slice``, ``value_inversion``, ``recovery_paradox`` or ``coverage``.
    conditions
        What the customers of the group have in common.
    value, rest, difference
        The group's score, that of the others with values in the same columns, and
        the difference; both without the groups of the findings before it.
    q_value
        False discovery rate (Benjamini and Yekutieli) at which it was found.
    impact
        By how much the group moves the score of all: difference times share, in the
        unit of the score.
    artefact
        Whether it may come from how the data were collected.
    where
        Filter of exactly these rows: the conditions, without earlier findings' rows.
    sentence
        The finding in words.
    replication
        What a later wave says; None when none was asked.
    """

    kind: Kind
    conditions: tuple[Condition, ...]
    value: Estimate
    rest: Estimate
    difference: Estimate
    q_value: float
    impact: float
    artefact: bool
    where: Filter = field(repr=False)
    sentence: str = ""
    replication: Replication | None = None

    @property
    def n(self) -> int:
        """Answers in the group."""
        return self.value.n

    @property
    def label(self) -> str:
        """The conditions in short."""
        return " & ".join(
            f"{test['column']} {test['op']}"
            + ("" if test["value"] is None else f" {test['value']}")
            for test in self.predicate
        )

    @property
    def predicate(self) -> list[dict[str, Any]]:
        """The conditions as JSON: column, operator and value of each test."""
        return [test for item in self.conditions for test in item.to_dicts()]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding with the keys of the command line's JSON."""
        made = {
            "predicate": self.predicate,
            "n": self.n,
            "value": json_number(self.value.value),
            "rest": json_number(self.rest.value),
            "difference": json_number(self.difference.value),
            "lower": json_number(self.difference.lower),
            "upper": json_number(self.difference.upper),
            "q_value": json_number(self.q_value),
            "impact": json_number(self.impact),
            "artefact": self.artefact,
            "sentence": self.sentence,
        }
        if self.replication is not None:
            made["replication"] = self.replication.to_dict()
        return made


@dataclass(frozen=True, repr=False)
class Discovery(Result):
    """Findings of a search, the largest impact first, artefacts last.

    Parameters
    ----------
    metric, unit
        What was averaged (``nps``, ``nps_like`` or ``csat``) and its unit.
    overall
        Score of all valid answers.
    tested
        Slices that were tested.
    findings
        Disjoint groups, each a cause of its own; artefacts after all others.
    warnings
        What the reader must know.
    """

    metric: str
    unit: str
    overall: Estimate
    tested: int
    findings: tuple[Finding, ...]
    warnings: tuple[Notice, ...]

    @property
    def causes(self) -> tuple[Finding, ...]:
        """Findings that are no suspected artefacts."""
        return tuple(item for item in self.findings if not item.artefact)

    @property
    def artefacts(self) -> tuple[Finding, ...]:
        """Findings that may come from how the data were collected."""
        return tuple(item for item in self.findings if item.artefact)

    def to_dict(self) -> dict[str, Any]:
        """Return what the command line prints as JSON."""
        return {
            "tested": self.tested,
            "findings": [item.to_dict() for item in self.findings],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per finding."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

        rows = []
        for item in self.findings:
            row = {"label": item.label, "kind": item.kind, **item.to_dict()}
            later = row.pop("replication", None)
            if later is not None:
                row["replication"] = later["status"]
            rows.append(row)
        return pd.DataFrame(rows)

    def chart(self) -> Any:
        """Draw each finding's difference with its interval."""
        from cxstats.charts.discovery import findings_chart  # noqa: PLC0415 - heavy

        return findings_chart(
            [
                {
                    "label": item.label,
                    "value": item.difference.value,
                    "lower": item.difference.lower,
                    "upper": item.difference.upper,
                    "n": item.n,
                    "impact": item.impact,
                    "artefact": item.artefact,
                }
                for item in self.findings
            ],
            unit=self.unit,
        )

    def __str__(self) -> str:
        """Write a table of the findings and their sentences."""
        n = self.overall.n
        head = f"{self.metric}: {self.tested:,} slices tested in {n:,} answers"
        if not self.findings:
            return f"{head}; none stands out"
        parts = [head, ""]
        for title, items in (
            ("", self.causes),
            ("suspected artefacts of data collection", self.artefacts),
        ):
            if items:
                parts += [title] * bool(title) + [self._table(items), ""]
        parts += [f"* {item.sentence}" for item in self.findings]
        return "\n".join(parts)

    def _table(self, items: tuple[Finding, ...]) -> str:
        headers = [
            "where",
            "n",
            "value",
            "rest",
            "difference",
            "interval",
            "q",
            "impact",
        ]
        rows = []
        for item in items:
            shown = [item.value, item.rest, item.difference]
            ends = (item.difference.lower, item.difference.upper)
            low, high = (format_value(end, self.unit, 1) for end in ends)
            label = item.label
            rows.append(
                [
                    label if len(label) <= _WIDEST else f"{label[: _WIDEST - 1]}…",
                    f"{item.n:,}",
                    *(format_value(each.value, self.unit, 1) for each in shown),
                    f"{low} to {high}",
                    f"{item.q_value:.2g}",
                    format_value(item.impact, self.unit, 2),
                ]
            )
        return text_table(headers, rows)
