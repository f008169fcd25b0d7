"""What the peers of `rill bench` have in common: the lines they exchange with it, and the clock.

A peer's own part follows: it makes run(n), which does the work n times over and returns when all of it is
done, and calls serve(run).  Arguments: NAME step|sample BATCH DIM HIDDEN LAYERS THREADS."""
import importlib.metadata
import os
import platform
import sys
import time


def print_versions():
    print("python", platform.python_version())
    for name in "jax", "torch":
        try:
            print(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            pass


def arguments():
    """Name, task and (batch, dim, hidden, layers); on one thread the process keeps to one processor."""
    batch, dim, hidden, layers, threads = map(int, sys.argv[3:8])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if threads == 1:
        os.sched_setaffinity(0, {0})
    return sys.argv[1], sys.argv[2], (batch, dim, hidden, layers), threads


def most_memory():
    """Bytes."""
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return 1024 * int(line.split()[1])
    return 0


def seconds_of(run, calls):
    start = time.perf_counter()
    run(calls)
    return (time.perf_counter() - start) / calls


def median_time(run, seconds):
    """Of at least three rounds."""
    end = time.perf_counter() + seconds
    calls = max(1, min(1000, int(seconds / 10 / seconds_of(run, 1))))
    rounds = []
    while len(rounds) < 3 or time.perf_counter() < end:
        rounds.append(seconds_of(run, calls))
    return sorted(rounds)[len(rounds) // 2]


def serve(run):
    run(10 if sys.argv[2] == "step" else 1)
    print("ready", flush=True)
    for line in sys.stdin:
        print(median_time(run, float(line)), most_memory(), flush=True)
