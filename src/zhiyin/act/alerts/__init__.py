"""Which answers call for somebody, by rule."""

from __future__ import annotations
