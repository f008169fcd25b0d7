#!/bin/sh
# pictures.sh [RILL] - draws every picture in docs/pictures anew, by the commands below and nothing
# else, but for bench.svg (docs/bench.md) and pairs-*.svg (tools/quality/transport.py).  RILL is the
# built command (build/tools/rill unless given).
# Needs Graphviz for the graphs.
set -eu
cd "$(dirname "$0")/.."
rill=${1:-build/tools/rill}
to=docs/pictures
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Ten steps of heun are smooth enough to draw, and keep the file small.
"$rill" train --data moons --seed 1 --out "$scratch/moons.safetensors" --quiet
"$rill" sample --model "$scratch/moons.safetensors" --n 120 --steps 10 --solver heun \
    --out "$scratch/end.npy" --trajectory "$scratch/ways.npy"
"$rill" plot trajectories "$scratch/ways.npy" --out $to/moons.svg
# The same model judged: loss by time, steps against quality.
"$rill" eval --model "$scratch/moons.safetensors" --pictures "$scratch/eval"
for figure in loss excess W2; do
    cp "$scratch/eval-$figure.svg" $to
done

# Its density.
"$rill" train --data moons --normalize --seed 1 --out "$scratch/scaled.safetensors" --quiet
"$rill" plot density --model "$scratch/scaled.safetensors" --exact --bins 200 --out $to/density.svg

# The same 40 samples of noise, carried in 1, 2, 10 and 100 steps.
"$rill" train --data 1d-mixture --seed 1 --out "$scratch/line.safetensors" --quiet
for steps in 1 2 10 100; do
    "$rill" sample --model "$scratch/line.safetensors" --n 40 --steps $steps \
        --out "$scratch/end.npy" --trajectory "$scratch/ways.npy"
    "$rill" plot trajectories "$scratch/ways.npy" --title "N = $steps" --out $to/line-$steps.svg
done

# Few steps of a solver that chooses them, drawn between.
"$rill" sample --model "$scratch/line.safetensors" --n 40 --solver dopri5 --tol 1e-4 --steps 100 \
    --out "$scratch/end.npy" --trajectory "$scratch/ways.npy"
"$rill" plot trajectories "$scratch/ways.npy" --title 'dopri5, tolerance 1e-4' --out $to/line-dopri5.svg

# Noise on the way, and guidance.
"$rill" sample --model "$scratch/line.safetensors" --n 24 --steps 150 --noise-level root \
    --out "$scratch/end.npy" --trajectory "$scratch/ways.npy"
"$rill" plot trajectories "$scratch/ways.npy" --title 'e = sqrt(1-t)' --out $to/line-noise.svg
"$rill" train --data digits --cond labels --dropout 0.2 --steps 3000 --seed 1 \
    --out "$scratch/digits.safetensors" --quiet
for row in 1 2 3 4; do seq 0 9; done > "$scratch/labels.csv"
for w in 1 3; do
    "$rill" sample --model "$scratch/digits.safetensors" --cond "$scratch/labels.csv" --steps 20 \
        --guidance $w --out "$scratch/digits.npy"
    "$rill" plot images "$scratch/digits.npy" --title "w = $w" --out $to/digits-w$w.svg
done

# The loss of a network of two hidden layers: as it is written, and as it runs.
"$rill" dot --part loss | dot -Tsvg -o $to/loss.svg
"$rill" dot --part loss --compiled | dot -Tsvg -o $to/loss-compiled.svg
# A step of its training, scope by scope.
"$rill" dot --part step | dot -Tsvg -o $to/step.svg
# A path, and the velocity that is derived from it.
"$rill" dot --part path --path 'cos(pi*t/2)*x0 + sin(pi*t/2)*x1' | dot -Tsvg -o $to/formula.svg
"$rill" dot --part path --path cosine | dot -Tsvg -o $to/path.svg
"$rill" check-path linear-vp --picture $to/linear-vp.svg
# A board of two tokens, all of its 32 squares the data, in 1, 4, 16 and 64 steps.
for row in 0 1 2 3 4 5 6 7; do
    for column in 0 1 2 3 4 5 6 7; do
        if [ $(((row / 2 + column / 2) % 2)) = 0 ]; then echo $row,$column; fi
    done
done > "$scratch/board.csv"
"$rill" train --data "$scratch/board.csv" --vocab 8 --lr 0.003 --seed 1 --out "$scratch/board.safetensors" --quiet
for steps in 1 4 16 64; do
    "$rill" sample --model "$scratch/board.safetensors" --n 50000 --steps $steps --out "$scratch/N = $steps.npy"
done
"$rill" plot density "$scratch/N = 1.npy" "$scratch/N = 4.npy" "$scratch/N = 16.npy" "$scratch/N = 64.npy" \
    --bins 8 --out $to/board.svg
# Digits whose 64 pixels are tokens, of 17 grey values that the network has to find out are in an order.
"$rill" train --data data/digits.npy --vocab 17 --steps 2000 --hidden 256 --layers 3 --batch 128 --seed 1 \
    --out "$scratch/digits.safetensors" --quiet
"$rill" sample --model "$scratch/digits.safetensors" --n 40 --steps 64 --correctors 1 --out "$scratch/digits.npy"
"$rill" plot images "$scratch/digits.npy" --out $to/token-digits.svg
ls -l $to
