"""readme_code.py README.md OUT.c - the C of a page: its ```c blocks, one after the other."""
import pathlib
import re
import sys

page, out = map(pathlib.Path, sys.argv[1:])
blocks = re.findall(r"^```c\n(.*?)^```$", page.read_text(), re.M | re.S)
if not blocks:
    sys.exit(f"{page} has no C in it")
out.write_text("\n".join(blocks))
