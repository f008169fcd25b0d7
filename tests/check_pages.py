"""check_pages.py ROOT RILL - what the pages say exists: files they link to, and every command and flag of
a line that begins with `rill`, by its --help; and what --help says of measures, the pages say."""
import functools
import pathlib
import re
import subprocess
import sys

LINK = re.compile(r'\]\(([^)#:]+)\)|src="([^":]+)"')
# A command in a line of code, up to a pipe, a comment or wide space; or within backquotes.
LINE = re.compile(r"^    (?:\$ )?rill (.+?)(?: \||  |#|$)", re.M)
INLINE = re.compile(r"`rill ([^`]+)`")


def pages(root):
    return sorted([root / "README.md", *root.glob("*/README.md"), *root.glob("docs/*.md")])


@functools.lru_cache(maxsize=None)
def help_of(rill, name):
    shown = subprocess.run([rill, name, "--help"], capture_output=True, text=True, timeout=60)
    return shown.stdout if shown.returncode == 0 else None


def check_links(page, text):
    for found in LINK.finditer(text):
        target = found.group(1) or found.group(2)
        if not (page.parent / target).exists():
            yield f"links to {target}, which is not there"


def check_command(rill, words):
    if words[0].startswith("-") or words[0].isupper():
        return
    text = help_of(rill, words[0])
    if text is None:
        yield f"says `rill {' '.join(words)}`: there is no command {words[0]}"
        return
    for flag in (word for word in words if word.startswith("--")):
        if not re.search(rf"^  {re.escape(flag)}\b", text, re.M):
            yield f"says `rill {' '.join(words)}`: {words[0]} has no {flag}"


def check_measures(root, rill):
    """Every measure of `rill eval` stands in its page."""
    page = (root / "docs/eval.md").read_text()
    block = re.search(r"^  --metric .*\n((?:      .*\n)+)", help_of(rill, "eval"), re.M)
    for name in re.findall(r"^      (\S+)", block.group(1), re.M):
        if name != "all" and f"`{name}`" not in page:
            yield f"docs/eval.md does not say what {name} is"


def main(root, rill):
    errors, commands = [], 0
    for page in pages(root):
        text = page.read_text()
        found = [words.split() for words in LINE.findall(text) + INLINE.findall(text)]
        commands += len(found)
        wrong = [*check_links(page, text), *(e for words in found for e in check_command(rill, words))]
        errors += [f"{page.relative_to(root)} {e}" for e in wrong]
    errors += check_measures(root, rill)
    if not commands:
        errors.append("no page shows a command")
    print("\n".join(errors) or f"{commands} commands in the pages are as their --help says")
    return 1 if errors else 0


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
