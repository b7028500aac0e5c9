"""What breakpoints answer with: pieces of a number's range and their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxstats.display import format_estimate, format_value, text_table
from cxstats.estimates import Estimate, Notice, json_number
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Breakpoints", "Division", "Piece"]


@dataclass(frozen=True)
class Piece:
    """A range of the number, both ends included, and the score in it."""

    lowest: float
    highest: float
    estimate: Estimate


@dataclass(frozen=True)
class Division:
    """The best division for one number of breaks.

    ``breaks`` are the largest values before each break; ``rss`` the squared error of
    the coded answers that is left (a promoter counts 1, a detractor -1).
    """

    breaks: tuple[float, ...]
    rss: float
    bic: float

    def to_dict(self) -> dict[str, Any]:
        """Return the division for JSON."""
        return {
            "breaks": list(self.breaks),
            "rss": json_number(self.rss),
            "bic": json_number(self.bic),
        }


@dataclass(frozen=True, repr=False)
class Breakpoints(Result):
    """Where a score changes along a number.

    Parameters
    ----------
    metric, unit
        What was averaged and its unit.
    column
        The number.
    n, blank
        Valid answers with and without a number.
    pieces, steps
        Scores of the pieces in order, and the difference from each to the next.
    divisions
        The best division for 0, 1, 2, ... breaks.
    f, p
        Largest F of one break, and its permutation p value; NaN without a test.
    sentences
        One per break, or that there is none.
    warnings
        What the reader must know.
    """

    metric: str
    unit: str
    column: str
    n: int
    blank: int
    pieces: tuple[Piece, ...]
    steps: tuple[Estimate, ...]
    divisions: tuple[Division, ...]
    f: float
    p: float
    sentences: tuple[str, ...]
    warnings: tuple[Notice, ...]

    @property
    def breaks(self) -> tuple[float, ...]:
        """Largest value before each break."""
        return tuple(piece.highest for piece in self.pieces[:-1])

    def to_dict(self) -> dict[str, Any]:
        """Return what the command line prints as JSON."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "column": self.column,
            "n": self.n,
            "blank": self.blank,
            "f": json_number(self.f),
            "p_value": json_number(self.p),
            "breaks": [
                {
                    "after": piece.highest,
                    "difference": json_number(step.value),
                    "lower": json_number(step.lower),
                    "upper": json_number(step.upper),
                    "sentence": sentence,
                }
                for piece, step, sentence in zip(
                    self.pieces, self.steps, self.sentences, strict=False
                )
            ],
            "pieces": [
                {"from": item.lowest, "to": item.highest, **item.estimate.to_dict()}
                for item in self.pieces
            ],
            "divisions": [division.to_dict() for division in self.divisions],
            "sentence": " ".join(self.sentences),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per piece."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

        return pd.DataFrame(self.to_dict()["pieces"])

    def chart(self) -> Any:
        """Draw the score of each piece over its range."""
        from cxstats.charts.discovery import pieces_chart  # noqa: PLC0415 - heavy

        return pieces_chart(
            [
                {
                    "from": item.lowest,
                    "to": item.highest,
                    "value": item.estimate.value,
                    "lower": item.estimate.lower,
                    "upper": item.estimate.upper,
                    "n": item.estimate.n,
                }
                for item in self.pieces
            ],
            column=self.column,
            unit=self.unit,
        )

    def __str__(self) -> str:
        """Write the pieces and what they say."""
        rows = [
            [
                f"{item.lowest:,.6g} to {item.highest:,.6g}",
                format_estimate(item.estimate, decimals=1),
            ]
            for item in self.pieces
        ]
        p = format_value(self.p, "score", 3)
        return "\n".join(
            [
                f"{self.metric} along {self.column}: largest F {self.f:,.1f}, p {p}",
                "",
                text_table([self.column, "score"], rows),
                "",
                *self.sentences,
            ]
        )
