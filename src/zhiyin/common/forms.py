"""How every form field looks: the classes of the style sheet, given in one place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

_CLASS_OF = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
    (forms.Widget, "form-control"),
)


def style_class(widget: forms.Widget) -> str:
    """Return the style sheet's class of a widget."""
    return next(css for kind, css in _CLASS_OF if isinstance(widget, kind))


class StyledBoundField(forms.BoundField):
    """A field that carries its class, and says when it is wrong."""

    def as_widget(
        self,
        widget: forms.Widget | None = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,  # noqa: FBT001, FBT002 Django's signature.
    ) -> SafeString:
        chosen = widget or self.field.widget
        css = f"{chosen.attrs.get('class', '')} {style_class(chosen)}".strip()
        given = {"class": css} if css else {}
        return super().as_widget(chosen, given | (attrs or {}), only_initial)


class Renderer(DjangoTemplates):
    """Django's renderer with our bound field."""

    bound_field_class = StyledBoundField
