"""QR codes of public addresses."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe

# Level M survives a scratched poster; four quiet modules are the standard's border.
LEVEL = "m"
BORDER = 4
PNG_SCALE = 12


def qr_svg(address: str) -> SafeString:
    """Return the code as an SVG drawing that scales to any size."""
    drawing = segno.make(address, error=LEVEL, micro=False).svg_inline(
        border=BORDER,
        omitsize=True,
        light="#fff",
    )
    # The drawing holds modules only; the address is encoded, not written, in it.
    return mark_safe(drawing)  # noqa: S308


def qr_png(address: str) -> bytes:
    """Return the code as a PNG picture for print and chat."""
    out = io.BytesIO()
    segno.make(address, error=LEVEL, micro=False).save(
        out,
        kind="png",
        scale=PNG_SCALE,
        border=BORDER,
    )
    return out.getvalue()
