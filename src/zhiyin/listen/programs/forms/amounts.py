"""Fields for amounts as people write them: delays, percentages, quotas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

UNITS = {"m": 1, "h": 60, "d": 1440}
LONGEST_DELAY = 365 * UNITS["d"]
_DELAY = re.compile(r"(\d{1,6})\s*([mhd]?)")
LONGEST_STRATUM = 80


class DelayField(forms.CharField):
    """A delay such as 30m, 2h or 3d; its value is in minutes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", gettext_lazy("Such as 30m, 2h or 3d; 0 at once.")
        )
        super().__init__(max_length=10, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show minutes in the largest unit that fits."""
        if not isinstance(value, int):
            return value
        for unit in ("d", "h"):
            if value and value % UNITS[unit] == 0:
                return f"{value // UNITS[unit]}{unit}"
        return f"{value}m"

    def clean(self, value: Any) -> int:
        """Return minutes."""
        text = str(super().clean(value)).strip().lower()
        found = _DELAY.fullmatch(text)
        if found is None:
            raise forms.ValidationError(
                _("Write a number and m, h or d, such as 30m; received %(text)s.")
                % {"text": text}
            )
        minutes = int(found[1]) * UNITS[found[2] or "m"]
        if minutes > LONGEST_DELAY:
            raise forms.ValidationError(_("A year is the longest delay."))
        return minutes


class PercentField(forms.FloatField):
    """A share, shown and written in percent."""

    def __init__(self, *, least: float = 0.0, **kwargs: Any) -> None:
        super().__init__(min_value=least, max_value=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a share as percent."""
        return f"{value * 100:.6g}" if isinstance(value, int | float) else value

    def clean(self, value: Any) -> Any:
        """Return a share from 0 to 1."""
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what was sent."""
        return super().has_changed(self.prepare_value(initial), data)


class QuotaField(forms.CharField):
    """Wanted answers per stratum: one line each, the stratum = the number."""

    widget = forms.Textarea({"rows": 4})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "One line per stratum with the answers wanted, such as: Chengdu = 400. "
                "Of several strata the names stand as in the frame: Chengdu / 5G = 200."
            ),
        )
        super().__init__(max_length=10_000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the quotas as lines."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "\n".join(f"{row['stratum']} = {row['wanted']}" for row in value)
        return value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the quotas as kept."""
        text = str(super().clean(value) or "")
        rows = []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            stratum, _sign, wanted = line.rpartition("=")
            if not (stratum.strip() and wanted.strip().isdecimal()):
                raise forms.ValidationError(
                    _("Line %(line)s is not a stratum = a number: %(text)s")
                    % {"line": number, "text": line.strip()}
                )
            name = stratum.strip()[:LONGEST_STRATUM]
            rows.append({"stratum": name, "wanted": int(wanted)})
        if len({row["stratum"] for row in rows}) < len(rows):
            raise forms.ValidationError(_("A stratum stands in the list twice."))
        return rows
