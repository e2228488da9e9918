#!/bin/sh
# The whole run of docs/performance.md on databases that stand filled: some twenty minutes on a quiet machine.
#
#   benchmarks/all.sh RESULTS postgresql://postgres@127.0.0.1/luodi_perf_ /some/folder/sqlite-
#
# The sizes 20k, 100k and 1m are put behind both names; the third is a data folder each, with its SQLite file.
# Results go to RESULTS/*.json and RESULTS/tables.md. What is not there is left out. SIZES="20k" runs one size,
# HOW="--processor" measures processor time on a busy machine.
set -eu
cd "$(dirname "$0")/.."
results=$1 postgres=$2 sqlite=$3
mkdir -p "$results"
results=$(cd "$results" && pwd)
export LUODI_SECRET_KEY=bench PYTHONPATH="$PWD"
python=${PYTHON:-.venv/bin/python}

measure() { # name, what else to ask
    name=$1
    shift
    "$python" -m luodi migrate >"$results/$name.migrate.txt" 2>&1 || { echo "$name: no such database"; return 0; }
    "$python" benchmarks/measure.py ${HOW:-} --json "$results/$name.json" "$@" | tee "$results/$name.txt"
}

for size in ${SIZES:-20k 100k 1m}; do
    sheets=
    [ "$size" = 100k ] && sheets="--export 100000 --import 100000"
    mkdir -p "$results/files"
    # shellcheck disable=SC2086 - words on purpose
    (export LUODI_DATABASE_URL="$postgres$size" LUODI_DATA_DIR="$results/files" && measure "pg-$size" $sheets)
    if [ -e "$sqlite$size" ]; then
        # shellcheck disable=SC2086
        (unset LUODI_DATABASE_URL && export LUODI_DATA_DIR="$sqlite$size" && measure "sqlite-$size" $sheets)
    fi
done
"$python" benchmarks/table.py "$results"/*.json | tee "$results/tables.md"
