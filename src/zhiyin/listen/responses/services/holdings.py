"""What this app holds of a customer: answers and words; how they lose their name."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.channels.services import forget_subjects
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Retention,
    Wish,
    register_personal_data,
    register_retention,
)
from zhiyin.listen.responses.models import Answer, ReadReply, Response

IMPORTED = "import:"
# What a removed text becomes is nothing; a redacted one keeps its sense.
_AT_ONCE = 500


def _responses(subject: DataSubject) -> QuerySet[Response]:
    return Response.objects.filter(customer_id=subject.customer_id)


def words_of(subject: DataSubject) -> list[str]:
    """Return what the customer wrote, for searching kept copies of it."""
    mine = _responses(subject)
    texts = Answer.objects.filter(response__in=mine).exclude(text="")
    comments = mine.exclude(comment="").values_list("comment", flat=True)
    return list(dict.fromkeys([*comments, *texts.values_list("text", flat=True)]))


def collect_responses(subject: DataSubject) -> Iterator[Held]:
    """Yield answers with what was recorded beside them."""
    rows = _responses(subject).select_related("department").prefetch_related("answers")
    for row in rows:
        given = {
            answer.item: answer.score
            if answer.score is not None
            else answer.text or answer.choices or answer.number or str(answer.date)
            for answer in row.answers.all()
        }
        yield Held(
            row.responded_at,
            _("Your answer"),
            {
                _("comment"): row.comment,
                _("touchpoint"): row.touchpoint,
                _("channel"): row.channel,
                _("department"): str(row.department or ""),
                _("left out because"): row.exclusion,
                **given,
                **row.attributes,
            },
        )


@transaction.atomic
def erase_responses(subject: DataSubject, wish: Wish) -> int:
    """Make answers nobody's and take their words, or delete them."""
    mine = _responses(subject)
    numbers = [*mine.values_list("pk", flat=True)]
    invited = [*mine.values_list("invitation_id", flat=True)]
    forget_subjects(
        organisation_id=subject.organisation_id,
        subjects=[f"response:{number}" for number in numbers],
    )
    replies = ReadReply.objects.filter(
        Q(response__in=numbers) | Q(invitation__in=[each for each in invited if each])
    )
    replies.update(invitation=None)
    for start in range(0, len(numbers), _AT_ONCE):
        rows = Response.objects.filter(pk__in=numbers[start : start + _AT_ONCE])
        if wish.keeps_scores:
            anonymise(rows)
        else:
            rows.delete()
    return len(numbers)


def anonymise(rows: QuerySet[Response]) -> None:
    """Keep what was scored when; take who it was, what was known, and every word."""
    answers = Answer.objects.filter(response__in=rows.values("pk"))
    answers.update(text="", number=None, date=None)
    # An import's key is a keyed hash that keeps the row from being read twice; any
    # other was given by a caller and may name the customer.
    given = rows.exclude(source__startswith=IMPORTED)
    given.update(source_key=None)
    numbers = [*rows.values_list("pk", flat=True)]
    # Last, because the revision this gives the row covers its answers too.
    Response.objects.filter(pk__in=numbers).update(
        customer=None,
        invitation=None,
        comment="",
        attributes={},
        edit_key="",
        language="",
    )


def _with_words(organisation_id: int, before: dt.datetime) -> QuerySet[Response]:
    """Return answers from before whose words have digits or an @ left in them."""
    personal = r"[0-9@０-９＠]"
    texts = Answer.objects.filter(response=OuterRef("pk"), text__regex=personal)
    rows = Response.objects.of(organisation_id).filter(responded_at__lt=before)
    return rows.filter(Q(comment__regex=personal) | Exists(texts))


def count_words(organisation_id: int, before: dt.datetime) -> int:
    """Return how many answers from before hold a number or address in their words."""
    return sum(
        1
        for row in _with_words(organisation_id, before).iterator(chunk_size=_AT_ONCE)
        if _redacted(row.comment) != row.comment
        or any(_redacted(text) != text for text in _texts(row))
    )


def _texts(row: Response) -> list[str]:
    return list(row.answers.exclude(text="").values_list("text", flat=True))


def _redacted(text: str) -> str:
    # The library of texts is large: who answers a survey does not wait for it.
    redact = importlib.import_module("cxstats.text.redaction").redact
    return str(redact(text).text)


def redact_words(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Replace numbers and addresses in words by their kind; return in how many."""
    done = 0
    for row in _with_words(organisation_id, before).iterator(chunk_size=_AT_ONCE):
        if done >= most:
            break
        done += _redact_one(row)
    return done


@transaction.atomic
def _redact_one(row: Response) -> bool:
    changed = False
    for answer in row.answers.exclude(text=""):
        clean = _redacted(answer.text)
        if clean != answer.text:
            Answer.objects.filter(pk=answer.pk).update(text=clean)
            changed = True
    comment = _redacted(row.comment)
    if changed or comment != row.comment:
        Response.objects.filter(pk=row.pk).update(comment=comment)
        return True
    return False


def register_places() -> None:
    """Say what is held here, and how long."""
    register_personal_data(
        "responses",
        label=gettext_lazy("Answers and comments"),
        collect=collect_responses,
        erase=erase_responses,
        stays=gettext_lazy("scores without a name and without words"),
    )
    register_retention(
        Retention(
            code="words",
            label=gettext_lazy("Numbers and addresses in comments"),
            what_happens=gettext_lazy("replaced by their kind, such as [mobile]"),
            why=gettext_lazy("Trends need the words, not the numbers in them."),
            months=24,
            least_months=1,
            count=count_words,
            purge=redact_words,
        )
    )
