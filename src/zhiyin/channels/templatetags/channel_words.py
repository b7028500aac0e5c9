"""Templates show channels by their names."""

from __future__ import annotations

from django import template

from zhiyin.channels.queries.names import channel_names

register = template.Library()


@register.filter
def channel_name(code: str) -> str:
    """Return what a channel is called; an unknown one keeps its code."""
    return channel_names().get(code, code)
