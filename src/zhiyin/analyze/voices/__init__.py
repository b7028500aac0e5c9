"""What customers wrote, beside what they scored."""

from __future__ import annotations
