"""WeChat and WeCom, against servers of ours written from the public descriptions."""

from __future__ import annotations
