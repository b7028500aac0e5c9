"""WeCom: messages of an application to members of the own enterprise."""

from __future__ import annotations

from zhiyin.channels.wecom.channel import KIND

__all__ = ["KIND"]
