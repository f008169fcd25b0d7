"""What the quality scripts share: the command, a check of its judge, and the table."""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile

import numpy


def arguments(doc):
    """The command line that all the scripts have."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("rill", help="the command to judge, such as build/tools/rill")
    parser.add_argument("--quick", action="store_true", help="the reduced form that the suite runs")
    parser.add_argument("--keep", metavar="DIR", help="leave models, samples and pictures here")
    parser.add_argument("--threads", type=int, help="of rill; they change no result")
    parser.add_argument("--page", metavar="P.md", help="write the table into this page too")
    return parser.parse_args()


class Command:
    """`rill`, run in a folder of its own; files are named within it."""

    def __init__(self, options):
        self.path = os.path.abspath(options.rill)
        self.temporary = None if options.keep else tempfile.TemporaryDirectory()
        self.folder = options.keep or self.temporary.name
        self.threads = {"threads": options.threads} if options.threads else {}
        os.makedirs(self.folder, exist_ok=True)

    def run(self, *words, **flags):
        """What the command prints.  flags: held_out=True is --held-out, n=5 is --n 5."""
        line = [self.path, *words]
        for name, value in flags.items():
            line.append("--" + name.replace("_", "-"))
            line += [] if value is True else [str(value)]
        done = subprocess.run(line, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(line)}: status {done.returncode}\n{done.stderr}")
        return done.stdout

    def train(self, model, **flags):
        self.run("train", out=model, quiet=True, **flags, **self.threads)

    def sample(self, model, name, **flags):
        self.run("sample", model=model, out=name, **flags, **self.threads)
        return self.load(name)

    def velocity(self, model, x, t):
        self.save("x.npy", x)
        self.save("t.npy", t)
        self.run("velocity", model=model, x="x.npy", t="t.npy", out="v.npy", **self.threads)
        return self.load("v.npy")

    def data(self, name, kind, **flags):
        self.run("data", kind, out=name, **flags)
        return self.load(name)

    def distance(self, metric, a, b):
        """Between the samples in two files."""
        name, value = self.run("compare", a, b, metric=metric).split()
        assert name == metric
        return float(value)

    def load(self, name):
        return numpy.load(os.path.join(self.folder, name))

    def save(self, name, array):
        numpy.save(os.path.join(self.folder, name), array)

    def pieces(self, name, array, size):
        """Cuts an array into files of `size` rows, and names them."""
        names = [f"{name}{i}.npy" for i in range(len(array) // size)]
        for i, piece in enumerate(names):
            self.save(piece, array[i * size : (i + 1) * size])
        return names

    def check_energy(self, a, b):
        """`rill compare` is the judge: here numpy says the same, from the definition."""
        x, y = (self.load(name).astype(numpy.float64) for name in (a, b))
        expected = numpy.sqrt(2 * spread(x, y) - spread(x, x) - spread(y, y))
        given = self.distance("energy", a, b)
        # Nine digits are printed; the difference under the root loses about three of sixteen.
        if abs(given - expected) > 1e-7 * expected:
            sys.exit(f"rill compare says energy {given}, numpy {expected}")


def spread(x, y):
    """E|X - Y| over all pairs, row by row so that little memory is needed."""
    return numpy.mean([numpy.linalg.norm(y - row, axis=1).mean() for row in x])


class Table:
    """Measured values beside what they are to be compared with, and their bars."""

    def __init__(self, title, reference, mark="table"):
        """reference: the head of the column of `add`'s references; mark: see `write`."""
        self.title = title
        self.mark = mark
        self.rows = [("", "measured", reference, "bar", "", "from .. to")]
        self.passed = True

    def add(self, name, values, reference=None, at_most=None, at_least=None):
        """values: one number, or one for each seed, of which the mean is judged."""
        values = numpy.atleast_1d(values)
        mean = values.mean()
        bars = [(mean <= at_most, f"<= {at_most:.4g}")] if at_most is not None else []
        bars += [(mean >= at_least, f">= {at_least:.4g}")] if at_least is not None else []
        good = all(holds for holds, _ in bars)  # a NaN holds no bar
        self.passed = self.passed and good
        self.rows.append((
            name,
            f"{mean:.4g}",
            "" if reference is None else f"{reference:.4g}",
            ", ".join(text for _, text in bars),
            "" if not bars else "pass" if good else "FAIL",
            f"{values.min():.4g} .. {values.max():.4g}" if len(values) > 1 else "",
        ))

    def write(self, path):
        """Into a page, between the lines <!-- MARK --> and <!-- end -->."""
        begin = f"<!-- {self.mark} -->\n"
        with open(path, encoding="utf-8") as page:
            before, rest = page.read().split(begin)
        after = rest.split("<!-- end -->\n", 1)[1]
        lines = ["| " + " | ".join(row) + " |" for row in self.rows]
        lines.insert(1, "|:---" + "|---:" * (len(self.rows[0]) - 1) + "|")
        lines += ["", f"{self.title}. {machine()}, {datetime.date.today()}."]
        table = "\n".join(lines)
        with open(path, "w", encoding="utf-8") as page:
            page.write(f"{before}{begin}{table}\n<!-- end -->\n{after}")

    def finish(self, page=None):
        """Prints the table, into a page too, and ends the script: status 1 if a bar was missed."""
        if page:
            self.write(page)
        print(f"{self.title}\n{machine()}, {datetime.date.today()}\n")
        widths = [max(map(len, column)) for column in zip(*self.rows)]
        for row in self.rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        sys.exit(0 if self.passed else 1)


def machine():
    name = "unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    name = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} processors"
