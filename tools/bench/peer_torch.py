"""The training step and the sampler in PyTorch: op by op, or what torch.compile makes of them."""
name, task, (batch, dim, hidden, layers), threads = arguments()
import logging

import torch
from torch.nn import Linear, SiLU

STEPS = 100
torch._logging.set_logs(all=logging.ERROR)
torch.set_num_threads(threads)
torch.manual_seed(0)


def network():
    parts, width = [], dim + 1
    for _ in range(layers):
        parts += [Linear(width, hidden), SiLU()]
        width = hidden
    return torch.nn.Sequential(*parts, Linear(width, dim))


net = network()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
x1 = torch.randn(batch, dim)


def loss_of(x1):
    x0, t = torch.randn(batch, dim), torch.rand(batch, 1)
    return ((net(torch.cat([(1 - t) * x0 + t * x1, t], dim=-1)) - (x1 - x0)) ** 2).mean()


def euler(x, t):
    return x + net(torch.cat([x, t], dim=-1)) / STEPS


if name == "torch.compile":
    loss_of, euler = torch.compile(loss_of), torch.compile(euler)


def run_steps(calls):
    for _ in range(calls):
        optimizer.zero_grad(set_to_none=True)
        loss_of(x1).backward()
        optimizer.step()


def run_samples(calls):
    with torch.no_grad():
        for _ in range(calls):
            x = torch.randn(batch, dim)
            for i in range(STEPS):
                x = euler(x, torch.full((batch, 1), i / STEPS))


serve(run_steps if task == "step" else run_samples)
