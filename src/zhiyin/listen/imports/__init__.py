"""Files people have: upload, mapping, checking, loading and undoing."""

from __future__ import annotations
