"""An import through its pages, as a CX manager does it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import Person
from zhiyin.common import worker
from zhiyin.listen.imports.models import Import, ImportMapping
from zhiyin.listen.imports.services import guess_mapping

Content = bytes | str


@dataclass
class Desk:
    """A person at the pages of imports."""

    client: Client

    def upload(self, *files: tuple[str, Content]) -> Any:
        """Upload files; return the response, redirects followed."""
        uploads = [
            SimpleUploadedFile(name, told.encode() if isinstance(told, str) else told)
            for name, told in files
        ]
        response = self.client.post(
            "/listen/imports/new/",
            {"files": uploads},
            follow=True,
        )
        worker.drain()
        return response

    def received(self, *files: tuple[str, Content]) -> Import:
        """Upload files and return their import."""
        self.upload(*files)
        return Import.objects.order_by("pk").last()

    def page(self, batch: Import, name: str = "preview") -> str:
        """Return a page of an import as text."""
        address = f"/listen/imports/{batch.pk}/{name}/" if name else ""
        response = self.client.get(
            address or f"/listen/imports/{batch.pk}/", follow=True
        )
        assert response.status_code == 200
        return response.content.decode()

    def map(self, batch: Import, **changes: Any) -> Any:
        """Send the columns page as it would be filled in, with some changes."""
        data = form_data(batch, guess_mapping(batch)) | changes
        return self.client.post(
            f"/listen/imports/{batch.pk}/columns/",
            {name: value for name, value in data.items() if value is not None},
            follow=True,
        )

    def start(self, batch: Import, **data: str) -> Import:
        """Press the button and let the worker work."""
        response = self.client.post(f"/listen/imports/{batch.pk}/review/", data)
        assert response.status_code == 302
        worker.drain()
        batch.refresh_from_db()
        return batch

    def run(self, *files: tuple[str, Content], **changes: Any) -> Import:
        """Upload, map and import in one go."""
        batch = self.received(*files)
        changes = {"date": "2026-05-01", **changes}
        response = self.map(batch, **changes)
        told = [str(message) for message in response.context.get("messages", [])]
        assert response.redirect_chain, told
        return self.start(batch)


def form_data(batch: Import, mapping: ImportMapping) -> dict[str, Any]:
    """Return what the columns page would send for a mapping."""
    data: dict[str, Any] = {
        "stream": mapping.stream,
        "time_zone": mapping.time_zone,
        "date_order": mapping.date_order,
    }
    for place, rule in enumerate(mapping.columns):
        data[f"role-{place}"] = str(rule.role)
        data[f"metric-{place}"] = str(rule.metric)
        data[f"min-{place}"] = "" if rule.scale_min is None else str(rule.scale_min)
        data[f"max-{place}"] = "" if rule.scale_max is None else str(rule.scale_max)
        data[f"missing-{place}"] = ", ".join(rule.missing)
        if rule.is_primary:
            data["primary"] = str(place)
    return data


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with()


@pytest.fixture
def desk(manager: Person, client_of: Callable[[Person], Client]) -> Desk:
    return Desk(client_of(manager))


def workbook(rows: list[list[Any]], **sheets: list[list[Any]]) -> bytes:
    """Return an XLSX with these rows; further sheets by name."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def total(batch: Import) -> int:
    """Return the rows accounted for."""
    return (
        batch.rows_accepted
        + batch.rows_rejected
        + batch.rows_excluded
        + batch.rows_duplicate
    )
