#!/bin/sh
# Builds static/dist from frontend/. Node ≥ 20.19 with npm if there is one, else the Node of a PyPI wheel, in a venv of
# its own because it shadows the system's node.
set -eu
cd "$(dirname "$0")/.."
enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if ! { command -v npm && command -v node && node -e "$enough"; } >/dev/null 2>&1; then
    if [ ! -f .venv-node/.stamp ] || [ requirements/node.txt -nt .venv-node/.stamp ]; then
        echo "No Node 20.19 or newer here: installing one from a wheel into .venv-node …"
        scripts/make_venv.sh .venv-node
        .venv-node/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
        touch .venv-node/.stamp
    fi
    PATH="$PWD/.venv-node/bin:$PATH"
    export PATH
fi
echo "Building assets with Node $(node --version) …"
cd frontend
# Nothing is fetched again when what the lock names is installed already.
if [ ! -f node_modules/.stamp ] || [ package-lock.json -nt node_modules/.stamp ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.stamp
fi
node build.mjs
