# Sourced by the scripts beside it: goes to the repository's root, prepares this machine (ENSURE: extra words, e.g. --test), sets PY.
# shellcheck shell=sh
set -eu
cd "$(dirname "$0")/.."
if ! command -v "${PYTHON:-python3}" >/dev/null; then
    echo "需要 python3（>= 3.11）/ python3 >= 3.11 is needed" >&2
    exit 1
fi
if ! "${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 版本过低，需要 3.11 以上 / this python3 is too old: 3.11 or newer is needed (set PYTHON=...)" >&2
    exit 1
fi
# shellcheck disable=SC2086
"${PYTHON:-python3}" -m runtime ensure ${ENSURE:-}
PY=$PWD/.venv/bin/python
export PY
