"""Widgets: found by their code, which site may ask, who somebody is proved to be."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.models import Widget, WidgetDay

MOST_ATTRIBUTES = 20
LONGEST_VALUE = 200
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")


def widget_of(public_id: str) -> Widget | None:
    """Return the widget with a public code, with the link it asks."""
    rows = Widget.objects.select_related("organisation", "link__instrument")
    return rows.filter(public_id=public_id).first()


def widgets_with_counts(person: Person) -> QuerySet[Widget]:
    """Return the widgets a person may see, with how often they were shown."""
    rows: QuerySet[Widget] = Widget.objects.visible_to(person)
    return rows.select_related("link__instrument").annotate(
        shown=Coalesce(Sum("days__shown"), 0),
        answered=Coalesce(Sum("days__answered"), 0),
    )


def days_of(widget: Widget) -> QuerySet[WidgetDay]:
    """Return how often a widget was shown and answered, the newest day first."""
    rows: QuerySet[WidgetDay] = WidgetDay._default_manager.filter(widget=widget)  # noqa: SLF001
    return rows


def clean_origin(text: str) -> str:
    """Return the origin of a site, such as https://shop.example:8443.

    Raises ValueError for anything else, because browsers send exactly this.
    """
    try:
        parts = urlsplit(text.strip().lower().rstrip("/"))
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_site = parts.scheme in {"http", "https"} and _HOST.fullmatch(host or "")
    if not is_site or parts.path or parts.query or parts.fragment or parts.username:
        message = _("A site is written like https://shop.example; received %s.")
        raise ValueError(message % text)
    usual = {"http": 80, "https": 443}[parts.scheme]
    tail = f":{port}" if port and port != usual else ""
    return f"{parts.scheme}://{host}{tail}"


def clean_attributes(given: Any) -> dict[str, str]:
    """Return what a page tells about its visitor, as texts.

    Raises ValueError for names and values that could not be signed in one way only.
    """
    if not isinstance(given, Mapping) or len(given) > MOST_ATTRIBUTES:
        message = f"attributes are at most {MOST_ATTRIBUTES} names with values"
        raise ValueError(message)
    clean = {}
    for name, value in given.items():
        text = _text(value)
        if not NAME.fullmatch(str(name)) or text is None:
            message = f"attribute {str(name)[:60]!r} cannot be kept"
            raise ValueError(message)
        clean[str(name)] = text
    return clean


def _text(value: Any) -> str | None:
    """Return a value as the text that is signed; None for what is not kept."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return None
    text = str(value)
    is_plain = len(text) <= LONGEST_VALUE and text.isprintable()
    return text if is_plain else None


def signed_text(key: str, attributes: Mapping[str, str]) -> str:
    """Return what a site's server signs: the key, then name=value in order of names."""
    lines = (f"{name}={attributes[name]}" for name in sorted(attributes))
    return "\n".join((key, *lines))


def signature_of(secret: str, key: str, attributes: Mapping[str, str]) -> str:
    """Return the signature that proves who a visitor is."""
    text = signed_text(key, attributes).encode()
    return hmac.digest(secret.encode(), text, "sha256").hex()


def is_signed(
    widget: Widget,
    key: str,
    attributes: Mapping[str, str],
    signature: str,
) -> bool:
    """Tell whether the site's server has signed exactly this."""
    expected = signature_of(widget.secret, key, attributes)
    return hmac.compare_digest(expected.encode(), signature.lower().encode())
