"""The digits: energy distance of samples to the 297 held-out images beside that of as many training
images, and whether samples are the digit asked for, as the nearest training image says."""

import numpy

import common

COUNT = 297  # all that are held out
DRAWS = 5
TRAINED, HELD_OUT = "trained.npy", "held-out.npy"


def energy(rill, name, images):
    """Energy distances of `images`, in sets of COUNT, to those held out."""
    pieces = rill.pieces(name, images, COUNT)
    return numpy.array([rill.distance("energy", piece, HELD_OUT) for piece in pieces])


def disjoint_sets(images):
    """DRAWS sets of COUNT, one after the other."""
    return numpy.concatenate([images[i::DRAWS][:COUNT] for i in range(DRAWS)])


def nearest_label(images, trained, labels):
    squares = (trained**2).sum(1) - 2 * images @ trained.T
    return labels[squares.argmin(1)]


def sample(rill, model, name, labels=None, **flags):
    if labels is not None:
        rill.save("asked.npy", labels.astype(numpy.int32))
        flags["cond"] = "asked.npy"
    return rill.sample(model, name, steps=50, **flags)


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    trained = rill.data(TRAINED, "digits", labels="trained-labels.npy")
    held_out = rill.data(HELD_OUT, "digits", held_out=True, labels="held-out-labels.npy")
    trained_labels = rill.load("trained-labels.npy")
    held_out_labels = rill.load("held-out-labels.npy")
    floor = energy(rill, "floor", disjoint_sets(trained)).mean()
    rill.check_energy("floor0.npy", HELD_OUT)

    table = common.Table(
        f"digits: energy distance of {COUNT} samples at 50 steps to held-out images over that of "
        f"training images, {DRAWS} draws; classes by the nearest training image",
        "floor",
    )
    # A twentieth of the training, of one network: images are rough, but mostly of their class.
    train = {"steps": 1000} if options.quick else {}
    ratio_bar, class_bar = (1.6, 0.8) if options.quick else (1.05, 0.95)

    if not options.quick:
        rill.train("any.safetensors", data="digits")
        images = sample(rill, "any.safetensors", "any.npy", n=COUNT * DRAWS)
        ratios = energy(rill, "any-draw", images) / floor
        table.add("no labels", ratios, floor, at_most=ratio_bar)

    rill.train("class.safetensors", data="digits", cond="labels", **train)
    labels = numpy.tile(held_out_labels, DRAWS)
    images = sample(rill, "class.safetensors", "class.npy", labels)
    ratios = energy(rill, "class-draw", images) / floor
    table.add("labels of those held out", ratios, floor, at_most=ratio_bar)

    labels = numpy.arange(1000) % 10
    images = sample(rill, "class.safetensors", "grid.npy", labels, seed=1)
    agreed = nearest_label(images, trained, trained_labels) == labels
    table.add("of the class asked for", agreed.mean(), at_least=class_bar)
    agreed = nearest_label(held_out, trained, trained_labels) == held_out_labels
    table.add("the same of held-out images", agreed.mean(), at_least=0.98)
    if options.keep:
        draw_grid(rill, images[:100], labels[:100])
    table.finish()


def draw_grid(rill, images, labels):
    """digits.png: a column for each digit."""
    rill.save("grid.npy", images)
    rill.save("grid-labels.npy", labels.astype(numpy.int32))
    rill.run("plot", "images", "grid.npy", labels="grid-labels.npy", out="digits.png")


if __name__ == "__main__":
    main()
