"""What every kind of channel must do, against a real peer on loopback."""

from __future__ import annotations
