"""A copy of everything that is held of one person, in a file people can read.

The archive is made anew whenever somebody asks for it and is never kept on the disk.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Content, ExportRecord, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.act.privacy.models import RequestState, SubjectRequest
from zhiyin.act.privacy.services.requests import RequestRefusedError
from zhiyin.common import clock
from zhiyin.common.spreadsheets import harmless_cell
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import Held, held_by, places, subject_of


@transaction.atomic
def download_copy(
    *, request: SubjectRequest, asked: HttpRequest
) -> tuple[bytes, ExportRecord]:
    """Return the archive, once, and its line in the register of exports.

    Raises RequestRefusedError for an unidentified person or an unknown customer, and
    after it was downloaded; ApprovalNeededError until a second person agrees, because
    it holds a customer in clear.
    """
    by = person_of(asked)
    found = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    if found.identified_at is None:
        raise RequestRefusedError(_("Check and record first who is asking."))
    if found.customer is None or not found.customer.key_encrypted:
        raise RequestRefusedError(_("Say first which customer this is about."))
    if found.copied_at is not None:
        raise RequestRefusedError(
            _("The copy was downloaded on %(day)s; file a new request for another.")
            % {"day": found.copied_at.date()}
        )
    held = held_by(subject_of(found.customer))
    made = open_export(
        asked,
        WantedExport(
            kind="privacy_copy.downloaded",
            rows=sum(map(len, held.values())),
            content=Content.CLEAR,
            customers=Customer.objects.filter(pk=found.customer.pk).values_list(
                "pk", flat=True
            ),
            target=found,
        ),
    )
    archive = _archive(held, found, by)
    found.copied_at, found.copied_by = clock.now(), by
    if found.state == RequestState.IDENTIFIED:
        found.state = RequestState.WORKING
    found.save(update_fields=["copied_at", "copied_by", "state"])
    return archive, made


def _archive(held: dict[str, list[Held]], request: SubjectRequest, by: Person) -> bytes:
    labels = {place.name: str(place.label) for place in places()}
    mark = _("Request %(number)s · made for %(who)s · %(time)s") % {
        "number": request.pk,
        "who": by,
        "time": clock.now().isoformat(timespec="seconds"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _read_me(held, labels, mark))
        archive.writestr("data.json", _as_json(held, labels, mark))
        archive.writestr("data.csv", _as_csv(held, labels, mark))
    return buffer.getvalue()


def _read_me(held: dict[str, list[Held]], labels: dict[str, str], mark: str) -> str:
    lines = [
        _("This is everything we hold about you."),
        mark,
        "",
        *(f"{labels[name]}: {len(things)}" for name, things in held.items()),
        "",
        _("data.csv opens in any spreadsheet; data.json is for other programs."),
    ]
    return "\n".join(lines) + "\n"


def _as_json(held: dict[str, list[Held]], labels: dict[str, str], mark: str) -> str:
    told = {
        labels[name]: [
            {
                "at": _plain(each.at),
                "what": each.what,
                **{str(key): _plain(value) for key, value in each.fields.items()},
            }
            for each in things
        ]
        for name, things in held.items()
    }
    whole = {"mark": mark, "data": told}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _as_csv(held: dict[str, list[Held]], labels: dict[str, str], mark: str) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_("place"), _("time"), _("what"), _("field"), _("value")])
    for name, things in held.items():
        for each in things:
            for key, value in each.fields.items() or [("", "")]:
                row = [labels[name], _plain(each.at), each.what, key, _plain(value)]
                writer.writerow(harmless_cell(str(cell)) for cell in row)
    writer.writerow([mark])
    # Spreadsheets take Chinese for another encoding without the mark in front.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if value is None:
        return ""
    return value if isinstance(value, str | int | float | list) else str(value)
