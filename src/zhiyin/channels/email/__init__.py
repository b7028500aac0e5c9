"""Mail over SMTP, with bounces read from what comes back."""

from __future__ import annotations

from zhiyin.channels.email.channel import KIND

__all__ = ["KIND"]
