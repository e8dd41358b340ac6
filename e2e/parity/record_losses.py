"""Records losses of single examples and their gradients by the predictions, in float64, with PyTorch 2.13.

    python e2e/parity/record_losses.py > src/recipe/goldens/losses.json
"""

import json

import torch
import torch.nn.functional as F

LOGITS = [[0.3, -1.2, 2.5], [100.0, -100.0, 0.0], [-100.0, 100.0, 3.0], [0.0, 0.0, 0.0], [5.0, 5.0, -5.0]]
CLASSES = [2, 1, 1, 0, 2]
SINGLE = [[0.7], [100.0], [-100.0], [100.0], [0.0], [-20.0], [20.0]]
BITS = [1, 0, 1, 1, 1, 0, 1]
PROBABILITIES = [[0.2, 0.3, 0.5], [0.05, 0.9, 0.05], [0.98, 0.01, 0.01]]
PROBABILITY_CLASSES = [2, 0, 0]
VALUES = [[1.0, -2.0], [0.5, 3.25]]
TARGETS = [[0.5, 1.0], [0.5, -1.0]]


def one_hot(classes, units):
    return F.one_hot(torch.tensor(classes), units).double()


def column(bits):
    return torch.tensor(bits, dtype=torch.float64)[:, None]


def mse(outputs, wanted):
    return F.mse_loss(outputs, wanted, reduction="none").mean(1)


CASES = [
    ("crossEntropy", "softmaxLogits", LOGITS, CLASSES,
     lambda z: F.cross_entropy(z, torch.tensor(CLASSES), reduction="none")),
    ("crossEntropy", "sigmoidLogits", SINGLE, BITS,
     lambda z: F.binary_cross_entropy_with_logits(z, column(BITS), reduction="none").sum(1)),
    ("crossEntropy", "sigmoidLogits", LOGITS, CLASSES,
     lambda z: F.binary_cross_entropy_with_logits(z, one_hot(CLASSES, 3), reduction="none").sum(1)),
    ("crossEntropy", "outputs", PROBABILITIES, PROBABILITY_CLASSES,
     lambda p: F.nll_loss(p.log(), torch.tensor(PROBABILITY_CLASSES), reduction="none")),
    ("crossEntropy", "outputs", [[0.25], [0.25], [0.99]], [1, 0, 1],
     lambda p: F.binary_cross_entropy(p, column([1, 0, 1]), reduction="none").sum(1)),
    ("squaredError", "outputs", VALUES, TARGETS, lambda y: mse(y, torch.tensor(TARGETS, dtype=torch.float64))),
    ("squaredError", "outputs", [[0.4], [-0.2], [1.7]], [1, 0, 1], lambda y: mse(y, column([1, 0, 1]))),
    ("squaredError", "softmaxLogits", LOGITS, CLASSES, lambda z: mse(z.softmax(1), one_hot(CLASSES, 3))),
    ("squaredError", "sigmoidLogits", SINGLE, BITS, lambda z: mse(z.sigmoid(), column(BITS))),
]


def record(loss, source, predictions, targets, compute):
    given = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    losses = compute(given)
    losses.sum().backward()
    return {
        "loss": loss,
        "from": source,
        "predictions": predictions,
        "targets": targets,
        "losses": losses.tolist(),
        "gradients": given.grad.tolist(),
    }


# A line for each case, so that a change of one reads as one.
cases = ",\n".join(json.dumps(record(*case)) for case in CASES)
print(f'{{"torch": "{torch.__version__}", "cases": [\n{cases}\n]}}')
