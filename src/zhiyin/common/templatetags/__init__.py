"""Small words of the templates, loaded in every page."""

from __future__ import annotations
