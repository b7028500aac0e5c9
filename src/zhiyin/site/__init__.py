"""The site: settings, frame, addresses, and how the parts are started."""

from __future__ import annotations
