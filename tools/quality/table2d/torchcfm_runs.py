"""torchcfm_runs.py DIR [PART PARTS] - trains what torchcfm trains on the files that data.py made in DIR, and leaves
the samples that 100 Euler steps carry the test points to, with the path energy, in DIR/torchcfm.  judge.py takes
them from there.

Needs torch, and `pip install --no-deps torchcfm; pip install pot`.  Networks of 3 x 64 with SELU, AdamW 1e-3, weight decay
1e-5, batch 512, 20,000 steps, sigma .1 (1.0 for the bridge, whose second network learns the score), one thread, whose
processor time is kept: what else runs on the machine does not count.  Runs that are there already are not done again;
PART of PARTS does every PARTS-th."""

import json
import pathlib
import sys
import time

import numpy
import torch
import torchcfm
from torchcfm import conditional_flow_matching as cfm

from pairs import BATCH, EULER, STEPS, path_energy, runs

MATCHERS = {
    "independent": lambda: cfm.ConditionalFlowMatcher(sigma=0.1),
    "ot": lambda: cfm.ExactOptimalTransportConditionalFlowMatcher(sigma=0.1),
    "sf2m": lambda: cfm.SchrodingerBridgeConditionalFlowMatcher(sigma=1.0, ot_method="exact"),
}


def network():
    layers = []
    for inputs in (3, 64, 64):
        layers += [torch.nn.Linear(inputs, 64), torch.nn.SELU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(64, 2))


def loss_of(method, matcher, nets, x0, x1):
    """Flow matching, and for the bridge the score as well, weighted as torchcfm does."""
    if method != "sf2m":
        t, x, u = matcher.sample_location_and_conditional_flow(x0, x1)
        return ((nets[0](torch.cat([x, t[:, None]], 1)) - u) ** 2).mean()
    t, x, u, noise = matcher.sample_location_and_conditional_flow(x0, x1, return_noise=True)
    inputs = torch.cat([x, t[:, None]], 1)
    weight = matcher.compute_lambda(t)[:, None]
    score = ((weight * nets[1](inputs) + noise) ** 2).mean()
    return ((nets[0](inputs) - u) ** 2).mean() + score


def train(method, pool0, pool1, seed):
    torch.manual_seed(seed)
    numpy.random.seed(seed)
    nets = [network() for _ in range(2 if method == "sf2m" else 1)]
    optimizer = torch.optim.AdamW([p for net in nets for p in net.parameters()], lr=1e-3, weight_decay=1e-5)
    matcher = MATCHERS[method]()
    begin = time.process_time()
    for _ in range(STEPS):
        x0 = torch.randn(BATCH, 2) if pool0 is None else pool0[torch.randint(len(pool0), (BATCH,))]
        x1 = pool1[torch.randint(len(pool1), (BATCH,))]
        optimizer.zero_grad()
        loss_of(method, matcher, nets, x0, x1).backward()
        optimizer.step()
    return nets[0], time.process_time() - begin


@torch.no_grad()
def carry(net, x):
    ways = [x]
    for k in range(EULER):
        t = torch.full((len(x), 1), k / EULER)
        ways.append(ways[-1] + net(torch.cat([ways[-1], t], 1)) / EULER)
    return torch.stack(ways).numpy()


def run(folder, source, target, method, seed):
    name = folder / "torchcfm" / f"{source}-{target}-{method}-{seed}"
    if name.with_suffix(".json").exists():
        return
    pool0 = None if source == "gaussian" else torch.tensor(numpy.load(folder / f"{source}.npy"))
    pool1 = torch.tensor(numpy.load(folder / f"{target}.npy"))
    net, seconds = train(method, pool0, pool1, seed)
    ways = carry(net, torch.tensor(numpy.load(folder / f"{source}-test{seed}.npy")))
    numpy.save(name.with_suffix(".npy"), ways[-1])
    facts = {"energy": path_energy(ways), "seconds": seconds, "torch": torch.__version__}
    name.with_suffix(".json").write_text(json.dumps(facts))


def main(folder, part=0, parts=1):
    torch.set_num_threads(1)
    (folder / "torchcfm").mkdir(exist_ok=True)
    for job in list(runs())[part::parts]:
        run(folder, *job)
        print(*job, flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), *(int(word) for word in sys.argv[2:]))
