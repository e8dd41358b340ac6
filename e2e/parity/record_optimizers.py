"""Records 20 steps of each optimizer on a quadratic in two weights, in float64, with PyTorch 2.13.

The weights walk down J = a/2 x^2 + b/2 y^2 + c x y. Each step's gradient is written beside the weights after it, so
that another implementation can be fed the same gradients.

    python e2e/parity/record_optimizers.py > src/recipe/goldens/optimizers.json
"""

import json

import torch

HESSIAN = torch.tensor([[1.0, 0.3], [0.3, 25.0]], dtype=torch.float64)
START = [1.5, -0.8]
STEPS = 20

CASES = [
    ("sgd", {}, 0.02, 0.0, None, lambda w, lr, wd: torch.optim.SGD(w, lr=lr, weight_decay=wd)),
    ("sgd", {}, 0.02, 0.1, None, lambda w, lr, wd: torch.optim.SGD(w, lr=lr, weight_decay=wd)),
    ("sgd", {}, 0.02, 0.1, 2.0, lambda w, lr, wd: torch.optim.SGD(w, lr=lr, weight_decay=wd)),
    ("momentum", {"momentum": 0.9}, 0.01, 0.0, None,
     lambda w, lr, wd: torch.optim.SGD(w, lr=lr, weight_decay=wd, momentum=0.9)),
    ("nesterov", {"momentum": 0.9}, 0.01, 0.0, None,
     lambda w, lr, wd: torch.optim.SGD(w, lr=lr, weight_decay=wd, momentum=0.9, nesterov=True)),
    ("rmsprop", {"decay": 0.9, "epsilon": 1e-8}, 0.01, 0.0, None,
     lambda w, lr, wd: torch.optim.RMSprop(w, lr=lr, weight_decay=wd, alpha=0.9, eps=1e-8)),
    # An epsilon that is felt, so that its place beside the root is too.
    ("rmsprop", {"decay": 0.9, "epsilon": 0.1}, 0.01, 0.0, None,
     lambda w, lr, wd: torch.optim.RMSprop(w, lr=lr, weight_decay=wd, alpha=0.9, eps=0.1)),
    ("adam", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, 0.05, 0.0, None,
     lambda w, lr, wd: torch.optim.Adam(w, lr=lr, weight_decay=wd, betas=(0.9, 0.999), eps=1e-8)),
    ("adam", {"beta1": 0.8, "beta2": 0.99, "epsilon": 0.1}, 0.05, 0.1, None,
     lambda w, lr, wd: torch.optim.Adam(w, lr=lr, weight_decay=wd, betas=(0.8, 0.99), eps=0.1)),
]


def record(name, params, rate, decay, clip, make):
    weight = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([weight], rate, decay)
    gradients, weights = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (0.5 * weight @ HESSIAN @ weight).backward()
        gradients.append(weight.grad.tolist())
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([weight], clip)
        optimizer.step()
        weights.append(weight.detach().tolist())
    return {
        "type": name,
        "params": params,
        "learningRate": rate,
        "weightDecay": decay,
        "clipNorm": clip,
        "gradients": gradients,
        "weights": weights,
    }


# A line for each case, so that a change of one reads as one.
cases = ",\n".join(json.dumps(record(*case)) for case in CASES)
print(f'{{"torch": "{torch.__version__}", "start": {START}, "cases": [\n{cases}\n]}}')
