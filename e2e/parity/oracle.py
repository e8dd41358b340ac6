"""What PyTorch computes for a layer as its definition writes it in PyTorch, in float64.

A case is what `src/engine/parity/requests.ts` says: the code, the numbers that go in (by a formula, so that files stay
small), and the weights of the sum whose gradients are taken. Weights are leaves in our own layout, channels last, and
become the module's parameters differentiably, so their gradients come out in our layout too.
"""

import json
import math
import subprocess
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from formula import uniform

ROOT = Path(__file__).resolve().parents[2]
SCOPE = {"torch": torch, "nn": nn, "F": F, "math": math}
TORCH = torch.__version__.split("+")[0]

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def emitted(*words):
    """What e2e/parity/emit.ts tells for the words given."""
    command = ["node", "scripts/run.mjs", "e2e/parity/emit.ts", *map(str, words)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if run.returncode != 0:
        raise SystemExit(run.stderr.strip() or run.stdout.strip())
    return json.loads(run.stdout)


def tensor_of(numbers, shape):
    """A request's numbers as a tensor; rounded to 32 bits as ours are."""
    count = math.prod(shape)
    if "values" in numbers:
        values = np.asarray(numbers["values"], dtype=np.float64)
    else:
        values = numbers["offset"] + numbers["scale"] * uniform(numbers["seed"], count)
    return torch.from_numpy(values.astype(np.float32).astype(np.float64).reshape(shape))


class Expression(nn.Module):
    """A module and what is done with it, so that its parameters can be handed in."""

    def __init__(self, code):
        super().__init__()
        self.m = None if code["module"] is None else eval(code["module"], SCOPE)
        self.call = compile(code["call"], code["call"], "eval")

    def forward(self, *inputs):
        names = {"x": inputs[0] if inputs else None, **{f"x{i}": x for i, x in enumerate(inputs)}}
        return eval(self.call, {**SCOPE, "m": self.m, **names})


def channels_first(x):
    return x.movedim(-1, 1) if x.dim() >= 3 else x


def channels_last(x):
    return x.movedim(1, -1) if x.dim() >= 3 else x


def run(expression, layout, inputs):
    """Outputs in our layout."""
    first = layout == "first"
    outputs = expression(*(channels_first(x) if first else x for x in inputs))
    outputs = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
    return [channels_last(y) if first else y for y in outputs]


def transformed(weight, leaves, like):
    """One of the module's parameters from our weights; in the order in which src/layers/emit.ts names the steps."""
    if "fill" in weight:
        return torch.full_like(like, weight["fill"])
    if "concat" in weight:
        return torch.cat([transformed(each, leaves, like) for each in weight["concat"]], weight["axis"])
    unknown = weight.keys() - {"from", "take", "blocks", "permute", "reshape"}
    if unknown:
        raise ValueError(f"a weight is made by {', '.join(unknown)}, which the oracle does not know")
    value = leaves[weight["from"]]
    if "take" in weight:
        value = value.select(weight["take"]["axis"], weight["take"]["index"])
    if "blocks" in weight:
        axis, order = weight["blocks"]["axis"], weight["blocks"]["order"]
        pieces = value.chunk(len(order), axis)
        value = torch.cat([pieces[i] for i in order], axis)
    if "permute" in weight:
        value = value.permute(*weight["permute"])
    if "reshape" in weight:
        value = value.reshape(weight["reshape"])
    # Some of PyTorch's gradients refuse a weight whose numbers do not lie in the order of its axes.
    return value.contiguous()


def sources(weight):
    """Names of our weights that one of the module's parameters is made of."""
    if "concat" in weight:
        return {name for each in weight["concat"] for name in sources(each)}
    return {weight["from"]} if "from" in weight else set()


def computed(case, training, seed):
    torch.manual_seed(seed)
    code, batch = case["torch"], case["batch"]
    inputs = [tensor_of(n, (batch, *s)).requires_grad_() for n, s in zip(case["given"], case["inputs"])]
    leaves = {w["name"]: tensor_of(w, tuple(w["shape"])).requires_grad_(w["trainable"]) for w in case["weights"]}
    expression = Expression(code).train(training)
    theirs = {**dict(expression.named_parameters()), **dict(expression.named_buffers())}
    bound, parameters = {}, 0
    for name, weight in code["weights"].items():
        key = f"m.{name}" if name else "m"
        if key not in theirs:
            raise ValueError(f"the module has no {name}; it has {', '.join(theirs) or 'nothing'}")
        bound[key] = transformed(weight, leaves, theirs[key])
        if bound[key].shape != theirs[key].shape:
            raise ValueError(f"{name} is {tuple(theirs[key].shape)} there, ours comes as {tuple(bound[key].shape)}")
        if any(leaves[source].requires_grad for source in sources(weight)):
            parameters += theirs[key].numel()
    # Running statistics are moved in place, which a view of a leaf would not stand.
    bound = {key: value if value.requires_grad else value.clone() for key, value in bound.items()}
    outputs = run(lambda *x: torch.func.functional_call(expression, bound, x), code["layout"], inputs)
    trained = [w["name"] for w in case["weights"] if w["trainable"]]
    return inputs, {name: leaves[name] for name in trained}, outputs, parameters


def alike(ones, others):
    return all(torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(ones, others))


def compute(case):
    """
    Outputs, gradients of the weighed sum of the outputs, and the number of trained parameters. In training mode; what
    draws random numbers then, attention with dropout, is computed in evaluation mode.
    """
    training = alike(computed(case, True, 0)[2], computed(case, True, 1)[2])
    inputs, trained, outputs, parameters = computed(case, training, 0)
    if not training and not alike(outputs, computed(case, False, 1)[2]):
        raise ValueError("its outputs are random in evaluation mode too: a parameter is left as it was drawn")
    shapes = [list(y.shape) for y in outputs]
    expected = [[case["batch"], *s] for s in case["outputs"]]
    if shapes != expected:
        raise ValueError(f"its outputs are {shapes}, ours {expected}")
    loss = sum(
        (y.to(torch.float64) * tensor_of(n, tuple(y.shape))).sum() for y, n in zip(outputs, case["outputWeights"])
    )
    sought = [*inputs, *trained.values()]
    gradients = [None] * len(sought)
    if loss.requires_grad and sought:
        gradients = torch.autograd.grad(loss, sought, allow_unused=True)
    flat = lambda t: None if t is None else t.detach().to(torch.float64).reshape(-1).numpy()  # noqa: E731
    return {
        "training": training,
        "outputs": [flat(y) for y in outputs],
        "inputs": [flat(g) for g in gradients[: len(inputs)]],
        "weights": {name: flat(g) for name, g in zip(trained, gradients[len(inputs) :])},
        "parameters": parameters,
    }
