#!/usr/bin/env bash
# What the tests need from the system: Chromium, a PostgreSQL 15 (or newer) server, fonts. Installed from Debian when root.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
ls -d /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
fc-list 2>/dev/null | grep -qi dejavu || missing+=(fonts-dejavu-core fontconfig)
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation de : ${missing[*]}"
  # The server is started by the tests themselves: no cluster of its own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
else
  echo "Il manque, pour les tests : ${missing[*]}. Installez ces paquets Debian, puis relancez." >&2
  exit 1
fi
