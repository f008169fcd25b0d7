"""count_tests.py TESTLOG.json - what meson ran, counted check by check.

Shows the output of whatever failed.  The last line is `N passed, N failed`, with `, N skipped` when
something was.  Exits with 1 when anything failed or nothing ran."""
import json
import re
import sys

SUMMARY = re.compile(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)")


def main(path):
    passed = failed = skipped = 0
    with open(path, encoding="utf-8") as log:
        runs = [json.loads(line) for line in log]
    for run in runs:
        output = run.get("stdout", "") + run.get("stderr", "")
        checks = [tuple(map(int, found)) for found in SUMMARY.findall(output)]
        bad = sum(failures + errors for _, failures, errors in checks)
        good = sum(count for count, _, _ in checks) - bad
        if run["result"] == "SKIP":
            skipped += 1
            continue
        if run["result"] == "OK":
            passed += good if checks else 1
            continue
        passed += good
        failed += max(bad, 1)
        print(f"---- {run['name']}: {run['result']} ({run['duration']:.1f} s)")
        print(output[-6000:].rstrip())
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1]))
