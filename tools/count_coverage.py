"""count_coverage.py ROOT BUILD [--files] - lines run of all lines, by layer, or by file, the least first.

BUILD was compiled by gcc with --coverage and has run.  A line counts as run when any object that has it ran
it: the kernels are compiled once for each instruction set.  With --files, functions that never ran follow."""
import collections
import json
import pathlib
import subprocess
import sys

LAYERS = ("core", "formats", "ops", "models")


def reports(build):
    """gcov's word on each object."""
    for data in sorted(build.rglob("*.gcda")):
        told = subprocess.run(["gcov", "--json-format", "--stdout", str(data)], cwd=build, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in told.stdout.splitlines():
            yield json.loads(line)


def collect(root, build):
    """{file: {line: times run}} and {(file, function): times run}."""
    lines, functions = collections.defaultdict(collections.Counter), collections.Counter()
    for report in reports(build):
        for file in report["files"]:
            path = (build / file["file"]).resolve()
            if root not in path.parents or path.relative_to(root).parts[0] not in LAYERS:
                continue
            name = str(path.relative_to(root))
            for line in file["lines"]:
                lines[name][line["line_number"]] += line["count"]
            for function in file["functions"]:
                functions[name, function["name"]] += function["execution_count"]
    return lines, functions


def main(root, build, by_file):
    lines, functions = collect(root, build)
    run, total = collections.Counter(), collections.Counter()
    for name, counts in lines.items():
        for key in (name if by_file else name.split("/")[0], "all"):
            run[key] += sum(count > 0 for count in counts.values())
            total[key] += len(counts)
    for key in sorted(total, key=lambda k: (k == "all", run[k] / total[k])):
        print(f"{100 * run[key] / total[key]:6.1f} %  {run[key]:6} of {total[key]:6}  {key}")
    for (name, function), count in sorted(functions.items()):
        if by_file and not count:
            print(f"never run: {name}: {function}")


main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), "--files" in sys.argv[3:])
