"""One response in full: every answer with its question as it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import AuditEntry, Person
from zhiyin.common.masking import mask_field, mask_words
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.programs.queries import wording_slots
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import (
    ItemSnapshot,
    VersionSnapshot,
    fill,
    snapshot,
)

WORDS = {
    "response.excluded": _("Excluded"),
    "response.restored": _("Restored"),
    "response.rescored": _("Score changed"),
    "words.revealed": _("Words shown with their numbers"),
    "response.received": _("Received through the API"),
}


@dataclass(frozen=True)
class HistoryEntry:
    """One thing done with a response, in words."""

    words: str
    entry: AuditEntry


@dataclass(frozen=True)
class AnswerShown:
    """One answer beside its question, in the wording it was given to."""

    question: str
    answer: Answer
    points: list[int]
    low: str
    high: str
    chosen: list[str]


def _question(response: Response, item: ItemSnapshot, language: str) -> str:
    text = str(item.wording(language).get("text", ""))
    if response.link is None:
        brand = response.organisation.brand
        return fill(text, {"brand": response.instrument_version.brand or brand})
    slots = wording_slots(
        response.link,
        language,
        brand=response.instrument_version.brand,
        invitation=response.invitation,
    )
    return fill(text, slots)


_WORDS_OF_CODES = {
    "yes": _("Yes"),
    "no": _("No"),
    "any": _("any time"),
    "morning": _("in the morning"),
    "noon": _("at noon"),
    "afternoon": _("in the afternoon"),
    "evening": _("in the evening"),
}


def _chosen(item: ItemSnapshot | None, answer: Answer, language: str) -> list[str]:
    options = item.wording(language).get("options") or () if item else ()
    labels: dict[str, str] = dict(options)
    if item is not None and item.kind in (ItemKind.YES_NO, ItemKind.CONSENT):
        labels = {code: str(word) for code, word in _WORDS_OF_CODES.items()} | labels
    chosen = [labels.get(code, code) for code in answer.choices]
    return [*chosen, mask_words(answer.text)] if chosen and answer.text else chosen


def _item_of(version: VersionSnapshot, answer: Answer) -> ItemSnapshot | None:
    """Return the item an answer belongs to; a row of a matrix to its matrix."""
    return version.item(answer.item) or version.item(answer.item.partition(".")[0])


def _row_label(item: ItemSnapshot, answer: Answer, language: str) -> str:
    row = answer.item.partition(".")[2]
    rows: dict[str, str] = dict(item.wording(language).get("rows") or ())
    return f": {rows.get(row, row)}" if row else ""


def answers_shown(response: Response) -> list[AnswerShown]:
    """Return the answers in the order they were asked, imported ones last."""
    version = snapshot(response.instrument_version)
    language = response.language or response.organisation.language
    places = {item.code: place for place, item in enumerate(version.items)}
    rows = []
    for answer in sorted(
        response.answers.all(),
        key=lambda answer: (
            places.get(answer.item.partition(".")[0], len(places)),
            answer.pk,
        ),
    ):
        item = _item_of(version, answer)
        wording = item.wording(language) if item else {}
        ends = (answer.scale_min, answer.scale_max)
        rows.append(
            AnswerShown(
                question=_question(response, item, language)
                + _row_label(item, answer, language)
                if item
                else answer.item,
                answer=answer,
                points=_points(*ends),
                low=str(wording.get("low", "")),
                high=str(wording.get("high", "")),
                chosen=_chosen(item, answer, language),
            ),
        )
    return rows


def _points(low: int | None, high: int | None) -> list[int]:
    return list(range(low, high + 1)) if low is not None and high is not None else []


def attributes_shown(response: Response) -> dict[str, list[tuple[str, Any]]]:
    """Return what was recorded with the answer: operational data, and the rest."""
    rows = AttributeField.objects.of(response.organisation_id).for_conditions()
    fields = rows.filter(code__in=list(response.attributes))
    shown: dict[str, list[tuple[str, Any]]] = {"operational": [], "other": []}
    for known in fields:
        group = "operational" if known.is_operational else "other"
        value = mask_field(known.label, response.attributes[known.code])
        shown[group].append((known.label, value))
    return shown


def words_said(response: Response) -> str:
    """Return all that was written in one answer, each text once."""
    texts = [response.comment, *(each.text for each in response.answers.all())]
    return "\n".join(dict.fromkeys(text for text in texts if text))


def hides_numbers(response: Response) -> bool:
    """Tell whether the page leaves out something that was written."""
    words = words_said(response)
    return mask_words(words) != words


def history_of(person: Person, response: Response) -> list[HistoryEntry]:
    """Return what was done with a response, newest first."""
    rows = AuditEntry.objects.visible_to(person).filter(
        object_type=Response._meta.label,  # noqa: SLF001 Django's own name of it.
        object_id=str(response.pk),
    )
    return [
        HistoryEntry(str(WORDS.get(entry.action, entry.action)), entry)
        for entry in rows
    ]
