"""Our weights in PyTorch's layout."""

import math

import numpy as np
import torch

from formula import uniform

NAMES = {
    "kernel": "weight",
    "depthwiseKernel": "weight",
    "gamma": "weight",
    "bias": "bias",
    "beta": "bias",
    "movingMean": "running_mean",
    "movingVariance": "running_var",
}


def values(formula, shape):
    """offset + scale * u, rounded to 32 bits."""
    numbers = formula["offset"] + formula["scale"] * uniform(formula["seed"], math.prod(shape))
    return torch.from_numpy(numbers.astype(np.float32).reshape(shape))


def in_torch_layout(name, tensor, flattened):
    """Channels come first there. A dense layer behind a flattened image takes its rows in that order, too."""
    if name == "depthwiseKernel":
        return tensor.permute(2, 3, 0, 1).flatten(0, 1).unsqueeze(1)
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1)
    if flattened:
        tensor = tensor.reshape(*flattened, -1).permute(2, 0, 1, 3).flatten(0, 2)
    return tensor.T if tensor.dim() == 2 else tensor


@torch.no_grad()
def load(network, weights, flattened):
    for weight in weights:
        path, name = weight["key"].rsplit("/", 1)
        rows = flattened.get(path) if name == "kernel" else None
        ours = in_torch_layout(name, values(weight, weight["shape"]), rows)
        getattr(network.get_submodule(path), NAMES[name]).copy_(ours)
