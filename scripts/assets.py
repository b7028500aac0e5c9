"""Copy the locked front-end packages into the static folder.

Needs `node_modules` (made by `npm ci`). Charts draw with the runtime that
vl-convert carries, so page, PDF and notebook use one version of Vega.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import vl_convert as vlc

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "zhiyin" / "site" / "static" / "vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
ICONS = (ROOT / "scripts" / "icons.txt").read_text(encoding="utf-8").split()
CHART_RUNTIME = "window.vegaEmbed = vegaEmbed; window.vega = vega;"


def main() -> int:
    """Copy every file; name the one that is missing."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "icons").mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / target)
    for name in ICONS:
        source = MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not source.exists():
            print(f"no icon named {name!r} in @tabler/icons", file=sys.stderr)
            return 1
        shutil.copyfile(source, VENDOR / "icons" / f"{name}.svg")
    bundle = vlc.javascript_bundle(CHART_RUNTIME, vl_version="6.4")
    (VENDOR / "charts.js").write_text(bundle, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
