#!/bin/sh
# make_venv.sh FOLDER: a virtual environment there, made by the first Python ≥ 3.11 found; nothing if it exists.
set -eu
[ -x "$1/bin/python" ] && exit 0
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    echo "Making $1 with $("$python" --version) …"
    "$python" -m venv "$1" && exit 0
    echo "Could not make $1. On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
done
echo "Luodi needs Python 3.11 or newer; none was found. Name yours: make demo PYTHON=/path/to/python3" >&2
exit 1
