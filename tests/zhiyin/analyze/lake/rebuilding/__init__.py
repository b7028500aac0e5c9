"""The migrations of responses, and one more that rebuilds the tables with triggers."""

from __future__ import annotations

from pathlib import Path

from zhiyin.listen.responses import migrations

REAL = Path(next(iter(migrations.__path__)))
LAST = max(path.stem for path in REAL.glob("0*.py"))
REBUILT = "rebuilt"
__path__ = [str(REAL), str(Path(__file__).parent)]
