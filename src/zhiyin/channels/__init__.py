"""How we reach people: senders, templates, messages, and what comes back."""

from __future__ import annotations
