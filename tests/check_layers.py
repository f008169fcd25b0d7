"""check_layers.py ROOT - which layer includes which (the arrows of the house), and the size of core.

base includes base alone; core: base and core; formats: those and formats; ops: base, core and
ops; models: the public headers of these three, and models; tools and examples: public headers (and their own).  No switch over kinds of op.  Functions have at
most 80 lines, files of models/flow 300; core has under 6,000 lines and a median function under 15."""
import pathlib
import re
import statistics
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)
ALLOWED = {
    "base": {"base"},
    "core": {"base", "core"},
    "formats": {"base", "core", "formats"},
    "ops": {"base", "core", "ops"},
    "models": {"base", "core", "ops", "models"},
    "tools": {"base", "core", "formats", "ops", "models", "tools", "rill"},
    "examples": {"rill", "tools"},
}
PUBLIC_ONLY = {"models", "tools", "examples"}  # may not see headers marked private


def sources(root, layer):
    found = []
    for pattern in ("*.c", "*.h", "*.inc", "*.def"):
        found += (root / layer).rglob(pattern)
    return sorted(found)


def resolve(root, path, name):
    """The file of this repository that an include means, or None for the system's."""
    if name.startswith("rill/"):
        name = name[len("rill/"):]
    for base in (path.parent, root):
        target = (base / name).resolve()
        if target.is_file() and root in target.parents:
            return target.relative_to(root)
    return None


def check_includes(root, layer, errors):
    for path in sources(root, layer):
        for name in INCLUDE.findall(path.read_text()):
            target = resolve(root, path, name)
            if target is None:
                continue
            here = path.relative_to(root)
            other = target.parts[0] if len(target.parts) > 1 else "rill"
            if other not in ALLOWED[layer]:
                errors.append(f"{here} includes {target}: {layer} may not see {other}")
            elif (layer in PUBLIC_ONLY and other != layer and other in ("base", "core", "formats", "ops", "models")
                  and "(private)" in (root / target).read_text()[:300]):
                errors.append(f"{here} includes {target}, which is private to {other}")
            if layer == "examples" and not name.startswith("rill/"):
                errors.append(f"{here} includes {name}: examples use <rill/...> alone")


def functions(path):
    """(name, lines) of each function: from a brace at the left edge to the next that closes it."""
    start, name, lines = None, "", path.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("{") and number and not lines[number - 1].rstrip().endswith("="):
            start = number
            before = " ".join(lines[max(0, number - 3):number])
            called = re.findall(r"(\w+)\s*\(", before)
            name = called[0] if called else "?"
        elif line.startswith("}") and start is not None:
            yield name, number - start + 1
            start = None


def check_sizes(root, errors):
    core_lines = sum(len(p.read_text().splitlines()) for p in sources(root, "core"))
    core_functions = [n for p in sources(root, "core") if p.suffix == ".c"
                      for _, n in functions(p)]
    if core_lines >= 6000:
        errors.append(f"core has {core_lines} lines, expected under 6,000")
    if statistics.median(core_functions) >= 15:
        errors.append(f"the median function of core has {statistics.median(core_functions)} lines")
    for layer in ("core", "formats", "ops", "models", "tools"):
        for path in sources(root, layer):
            if path.suffix == ".c":
                errors += [f"{path.relative_to(root)}: {name} has {n} lines, expected at most 80"
                           for name, n in functions(path) if n > 80]
    for path in sorted((root / "examples").glob("*.c")):
        if len(path.read_text().splitlines()) > 120:
            errors.append(f"{path.relative_to(root)} has more than 120 lines")
    print(f"core: {core_lines} lines, {len(core_functions)} functions, "
          f"median {statistics.median(core_functions)}, longest {max(core_functions)}")


def check_switches(root, errors):
    for layer in ("core", "formats", "ops", "models"):
        for path in sources(root, layer):
            if re.search(r"switch\s*\([^)]*\bop\b", path.read_text()):
                errors.append(f"{path.relative_to(root)} switches over kinds of op")


def check_flow(root, errors):
    """models/flow works with any network and any op: it has one by its interface, the other by its constructor."""
    for path in sources(root, "models/flow"):
        here, text = path.relative_to(root), path.read_text()
        if len(text.splitlines()) > 300:
            errors.append(f"{here} has more than 300 lines")
        errors += [f"{here} includes {name}, which is one of the networks" for name in INCLUDE.findall(text)
                   if "nets/" in name and not name.endswith("nets/net.h")]
        errors += [f"{here} asks which op it is by {name}" for name in re.findall(r"\brill_op_(?:of|at|find)\b", text)]


def main(root):
    errors = []
    for layer in ALLOWED:
        check_includes(root, layer, errors)
    check_sizes(root, errors)
    check_switches(root, errors)
    check_flow(root, errors)
    print("\n".join(errors) or "every arrow runs the right way")
    return 1 if errors else 0


sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
