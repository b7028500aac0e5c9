"""WeChat official accounts."""

from __future__ import annotations

from zhiyin.channels.wechat.channel import KIND

__all__ = ["KIND"]
