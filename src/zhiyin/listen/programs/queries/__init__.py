"""Reads about programmes: standard touchpoints, links with counts, slots."""

from __future__ import annotations

from zhiyin.listen.programs.queries.links import (
    invitation_of_token,
    link_of_slug,
    links_with_counts,
    programme_of,
    token_hash,
    wording_slots,
)
from zhiyin.listen.programs.queries.qr import qr_png, qr_svg
from zhiyin.listen.programs.queries.standard import (
    StandardTouchpoint,
    standard_touchpoints,
)

__all__ = [
    "StandardTouchpoint",
    "invitation_of_token",
    "link_of_slug",
    "links_with_counts",
    "programme_of",
    "qr_png",
    "qr_svg",
    "standard_touchpoints",
    "token_hash",
    "wording_slots",
]
