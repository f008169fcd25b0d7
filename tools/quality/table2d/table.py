"""table.py RILL DIR - docs/table2d.md from results.csv: W2 and normalised path energy of both libraries, their geometric
mean ratio, and for each cell Welch's one-sided test that rill is the worse.  Needs scipy."""

import math
import multiprocessing.pool
import pathlib
import platform
import subprocess
import sys
import time

from scipy import stats

from judge import w2
from pairs import SEEDS, cells, normalised, results

DOC = pathlib.Path(__file__).parents[3] / "docs" / "table2d.md"
NAMES = {"independent": "independent", "ot": "OT", "sf2m": "SF2M, OT"}
LEVEL = 0.05 / 24  # one test a cell and figure


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def distances(rill, folder, known):
    """{(source, target, seed): W2 between the points that start and those to arrive at}, of what was run."""
    wanted = sorted({(a, b, seed) for _, a, b, _, seed in known})
    with multiprocessing.pool.ThreadPool() as pool:
        found = pool.starmap(w2, [(rill, folder / f"{a}-test{s}.npy", folder / f"{b}-test{s}.npy") for a, b, s in wanted])
    return dict(zip(wanted, found))


def figures(known, apart, library, cell):
    """W2, normalised path energies and seconds of a cell, over the seeds that were run."""
    rows = {s: known[(library, *cell, s)] for s in range(SEEDS) if (library, *cell, s) in known}
    return {
        "W2": [float(r["W2"]) for r in rows.values()],
        "path energy": [normalised(float(r["energy"]), apart[(cell[0], cell[1], s)]) for s, r in rows.items()],
        "seconds": [float(r["seconds"]) for r in rows.values() if r["seconds"]],
    }


def mean(values):
    return sum(values) / len(values)


def told(values):
    spread = f" ± {stats.tstd(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"


def worse(ours, theirs):
    """The p-value of rill being no worse; 1 where there are too few runs to tell."""
    if min(len(ours), len(theirs)) < 2:
        return 1.0
    return stats.ttest_ind(ours, theirs, equal_var=False, alternative="greater").pvalue


def table(known, apart, figure):
    lines = [f"| {figure} | | rill | torchcfm | ratio | p | seeds |", "|---|---|---|---|---|---|---|"]
    logs = []
    for cell in cells():
        ours, theirs = (figures(known, apart, library, cell)[figure] for library in ("rill", "torchcfm"))
        if not ours or not theirs:
            lines.append(f"| {cell[0]} to {cell[1]} | {NAMES[cell[2]]} | {told(ours) if ours else ''} "
                         f"| {told(theirs) if theirs else ''} | | | {len(ours)}, {len(theirs)} |")
            continue
        ratio, p = mean(ours) / mean(theirs), worse(ours, theirs)
        logs.append(math.log(ratio))
        lines.append(f"| {cell[0]} to {cell[1]} | {NAMES[cell[2]]} | {told(ours)} | {told(theirs)} | {ratio:.2f} "
                     f"| {p:.3f}{' **worse**' if p < LEVEL else ''} | {len(ours)}, {len(theirs)} |")
    return lines, logs


def seconds(known, apart):
    lines = ["| processor seconds of training | rill, all threads | torchcfm, one thread | ratio |", "|---|---|---|---|"]
    for method, name in NAMES.items():
        both = [[s for cell in cells() if cell[2] == method for s in figures(known, apart, library, cell)["seconds"]]
                for library in ("rill", "torchcfm")]
        if all(both):
            lines.append(f"| {name} | {mean(both[0]):.1f} | {mean(both[1]):.0f} | {mean(both[1]) / mean(both[0]):.1f} |")
    return lines


INTRO = """# Couplings in two dimensions, beside torchcfm

Three ways to pair noise and data, four pairs of sets, both libraries on the same files: networks of 3 x 64 with SELU, AdamW at
1e-3 with weight decay 1e-5, batch 512, 20,000 steps, noise of .1 around the straight path (1.0 for the bridge of SF2M), 100
Euler steps from 10,000 test points. W2 is to 10,000 other test points, by `rill compare` for both. Normalised path energy is
|E ∫|v|² dt − W2²| / W2², with W2 between where the points start and where they are to arrive: 0 for optimal transport.

Made by [tools/quality/table2d](../tools/quality/table2d): data.py, torchcfm_runs.py, rill_runs.py, judge.py, table.py. The other
library's results are kept in results.csv, since its runs take hours; the first runs' time was not the processor's and is left
out. p is Welch's one-sided test that rill is worse; a cell would count as worse below .05/24.
"""


def main(rill, folder):
    known = results()
    apart = distances(rill, folder, known)
    parts, logs = [INTRO.rstrip()], []
    for figure in ("W2", "path energy"):
        lines, these = table(known, apart, figure)
        parts.append("\n".join(lines))
        logs += these
    parts.append(f"Geometric mean of the {len(logs)} ratios: {math.exp(mean(logs)):.2f}.")
    parts.append("\n".join(seconds(known, apart)))
    version = subprocess.run([rill, "--version"], capture_output=True, text=True).stdout.strip()
    parts.append(f"{version}, torchcfm 1.0.7; {processor()}, {time.strftime('%Y-%m-%d')}.")
    DOC.write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
