#!/usr/bin/env bash
# make_venv.sh PYTHON VENV LOCK: a virtual environment with exactly what LOCK names, hashes checked, and the project on its path.
set -euo pipefail
python=$1 venv=$2 lock=$3
root=$(cd "$(dirname "$0")/.." && pwd)

"$python" - <<'PY' || { echo "Comptoir demande Python 3.11 ou plus récent." >&2; exit 1; }
import sys
raise SystemExit(sys.version_info < (3, 11))
PY

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  if ! "$python" -m venv "$venv" 2>/dev/null; then
    # Debian ships venv apart from Python.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
      rm -rf "$venv" && "$python" -m venv "$venv"
    else
      echo "Il manque le module venv de Python : installez le paquet python3-venv, puis relancez." >&2
      exit 1
    fi
  fi
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$root/$lock"
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$root" > "$site/comptoir-source.pth"
printf '#!/bin/sh\nexec "%s/bin/python" -m comptoir "$@"\n' "$(cd "$venv" && pwd)" > "$venv/bin/comptoir"
chmod +x "$venv/bin/comptoir"
