#!/usr/bin/env bash
# Computes training steps, samples and scores of every model again with PyTorch in double precision, from downloads and docs/reproduction.md alone
# (Tools/recompute). Prints the relative differences; fails where one is above its tolerance.
#   FIDELIO  the program (default: the debug build)      FIDELIO_PYTHON  an environment with numpy and PyTorch
set -u
cd "$(dirname "$0")/../.." || exit 1
fidelio=${FIDELIO:-.build/debug/fidelio}
[ -x "$fidelio" ] || { echo "there is no $fidelio: build first"; exit 1; }
place=${FIDELIO_PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/fidelio/python}
for python in python3 "$place/bin/python"; do
    "$python" -c 'import numpy, torch' >/dev/null 2>&1 && exec "$python" Tools/recompute/everything.py "$fidelio" "$@"
done
echo "PyTorch is not installed (pip install numpy torch): the computation by an independent program is skipped"
