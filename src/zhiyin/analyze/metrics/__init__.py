"""The metric dictionary: one definition of every number."""

from __future__ import annotations
