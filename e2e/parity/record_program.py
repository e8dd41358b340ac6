"""Records what PyTorch computes for two small networks, for src/engine/parity.test.ts.

Loss, gradients, and the weights after three steps of SGD with momentum and of Adam, in float64, from weights and
examples that a formula gives on both sides. Run from the repository's root with torch==2.13.0 and numpy:

    python e2e/parity/record_program.py > src/engine/goldens/program.json

Weights are recorded in Keras' layouts: convolutions [height, width, in, out], matrices [in, out]; flattening goes over
[height, width, channels].
"""

import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

STEPS = 3
MOMENTUM = {"lr": 0.05, "momentum": 0.9}
# A large epsilon: with 1e-8 the smallest gradients' rounding would decide their steps.
ADAM = {"lr": 0.002, "betas": (0.9, 0.999), "eps": 1e-3}
FULL = 300  # Larger tensors are recorded by their norm and a projection.


class LeNet(nn.Module):
    """LeNet-5 with tanh and max pools, 28x28x1 -> 10."""

    input_shape, classes, batch = (28, 28, 1), 10, 4

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5, padding=2)
        self.c2 = nn.Conv2d(6, 16, 5)
        self.d1 = nn.Linear(400, 120)
        self.d2 = nn.Linear(120, 84)
        self.d3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.max_pool2d(torch.tanh(self.c2(x)), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.d3(torch.tanh(self.d2(torch.tanh(self.d1(x)))))


class Residual(nn.Module):
    """A strided residual block with batch norm, a 1x1 shortcut and global average pooling, 8x8x3 -> 4."""

    input_shape, classes, batch = (8, 8, 3), 4, 6

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False)
        self.b1 = nn.BatchNorm2d(6, eps=1e-5, momentum=0.1)
        self.c2 = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.b2 = nn.BatchNorm2d(6, eps=1e-5, momentum=0.1)
        self.s = nn.Conv2d(3, 6, 1, stride=2)
        self.d = nn.Linear(6, 4)

    def forward(self, x):
        y = self.b2(self.c2(F.softplus(self.b1(self.c1(x)))))
        return self.d(torch.tanh(y + self.s(x)).mean((2, 3)))


NAMES = {
    "weight": {4: "kernel", 2: "kernel", 1: "gamma"},
    "bias": "bias",
    "running_mean": "movingMean",
    "running_var": "movingVariance",
}


def key_of(name, tensor, module):
    layer, part = name.split(".")
    if isinstance(module, nn.BatchNorm2d) and part == "bias":
        return f"{layer}/beta"
    known = NAMES[part]
    return f"{layer}/{known if isinstance(known, str) else known[tensor.dim()]}"


def to_keras(tensor):
    """Torch's layout to Keras'; its own inverse for vectors and matrices."""
    if tensor.dim() == 4:
        return tensor.permute(2, 3, 1, 0)
    return tensor.T if tensor.dim() == 2 else tensor


def from_keras(array, dim):
    tensor = torch.from_numpy(array)
    return tensor.permute(3, 2, 0, 1) if dim == 4 else tensor.T if dim == 2 else tensor


def formula(key, shape):
    """Rounded to 32 bits, so that both sides begin with the same numbers."""
    n = math.prod(shape)
    i = np.arange(n, dtype=np.float64)
    phase = len(key) + ord(key[1])
    part = key.split("/")[1]
    if part == "kernel":
        values = np.sin(1.3 * i + phase) * math.sqrt(2 / (n / shape[-1]))
    elif part == "gamma":
        values = 1 + 0.2 * np.sin(i + phase)
    elif part in ("bias", "beta"):
        values = 0.1 * np.cos(i + phase)
    else:
        values = np.full(n, 0.0 if part == "movingMean" else 1.0)
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def tensors_of(module):
    named = [*module.named_parameters(), *module.named_buffers()]
    return {
        key_of(name, tensor, module.get_submodule(name.split(".")[0])): tensor
        for name, tensor in named
        if not name.endswith("num_batches_tracked")
    }


def fresh(kind):
    module = kind().double().train()
    with torch.no_grad():
        for key, tensor in tensors_of(module).items():
            tensor.copy_(from_keras(formula(key, tuple(to_keras(tensor).shape)), tensor.dim()))
    return module


def record(tensor):
    values = to_keras(tensor.detach()).contiguous().flatten().numpy()
    projection = float(values @ np.cos(0.9 * np.arange(values.size)))
    summary = {"size": values.size, "norm": float(np.linalg.norm(values)), "projection": projection}
    if values.size <= FULL:
        summary["values"] = [float(f"{value:.10g}") for value in values]
    return summary


def run(kind):
    shape = (kind.batch, *kind.input_shape)
    i = np.arange(math.prod(shape), dtype=np.float64)
    x = np.sin(0.37 * i + 0.01 * np.floor(i / math.prod(kind.input_shape)) ** 2).astype(np.float32).astype(np.float64)
    x = torch.from_numpy(x.reshape(shape)).permute(0, 3, 1, 2)
    y = torch.tensor([(3 * n + 1) % kind.classes for n in range(kind.batch)])

    module = fresh(kind)
    loss = F.cross_entropy(module(x), y)
    loss.backward()
    result = {
        "loss": loss.item(),
        "gradients": {key: record(t.grad) for key, t in tensors_of(module).items() if t.requires_grad},
    }
    makers = {
        "momentum": lambda m: torch.optim.SGD(m.parameters(), **MOMENTUM),
        "adam": lambda m: torch.optim.Adam(m.parameters(), **ADAM),
    }
    for name, make in makers.items():
        module = fresh(kind)
        start = {key: t.detach().clone() for key, t in tensors_of(module).items()}
        optimizer = make(module)
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = F.cross_entropy(module(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        moves = {key: record(t.detach() - start[key]) for key, t in tensors_of(module).items()}
        result[name] = {"losses": losses, "moves": moves}
    return result


if __name__ == "__main__":
    torch.set_num_threads(1)
    golden = {"torch": torch.__version__.split("+")[0], "lenet": run(LeNet), "residual": run(Residual)}
    print(json.dumps(golden, indent=1).replace("\n     ", " "))
