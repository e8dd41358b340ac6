"""Fresh random cases of every layer: what we compute in 32 bits on wasm against PyTorch in 64, number by number.

    python e2e/parity/live.py SEED
"""

import json
import sys

import numpy as np

from oracle import compute, emitted

FORWARD = 1e-5
GRADIENT = 1e-4


def worst(ours, theirs, scale):
    """Largest difference relative to the scale. `None` is a gradient that does not exist: zero."""
    if theirs is None and ours is None:
        return 0.0
    a = np.zeros_like(theirs) if ours is None else np.asarray(ours, dtype=np.float64)
    b = np.zeros_like(a) if theirs is None else theirs
    if a.shape != b.shape or not np.isfinite(a).all():
        return np.inf
    return float(np.abs(a - b).max(initial=0.0) / scale)


def findings(case, ours):
    """What disagrees in one case, and how many numbers were compared."""
    try:
        theirs = compute(case)
    except Exception as problem:  # Whatever PyTorch says against a case is what is to be told.
        return [f"PyTorch refuses it: {problem}".splitlines()[0]], 0
    if theirs["training"] != ours["training"]:
        return [f"random in training {'here' if theirs['training'] else 'in PyTorch'} alone"], 0
    gradients = {f"gradient of input {i}": (ours["inputs"][i], g) for i, g in enumerate(theirs["inputs"])}
    gradients |= {f"gradient of {name}": (ours["weights"].get(name), g) for name, g in theirs["weights"].items()}
    size = lambda g: 0.0 if g is None else float(np.abs(g).max(initial=0.0))  # noqa: E731
    overall = max((size(g) for _, g in gradients.values()), default=0.0)
    found, count = [], 0
    for i, (a, b) in enumerate(zip(ours["outputs"], theirs["outputs"], strict=True)):
        error = worst(a, b, size(b) or 1.0)
        count += b.size
        if not error <= FORWARD:
            found.append(f"output {i}: {error:.1e}")
    for name, (a, b) in gradients.items():
        # A gradient that is truly zero has no size of its own: rounding leaves a share of the others'.
        own = size(b)
        error = worst(a, b, own if own > 1e-9 * overall else overall or 1.0)
        count += 0 if b is None else b.size
        if not error <= GRADIENT:
            found.append(f"{name}: {error:.1e}")
    return found, count


def checks(seed):
    """A check for each layer: its name with what was compared, and what disagrees."""
    cases = {}
    for each in emitted("results", seed):
        cases.setdefault(each["case"]["type"], []).append(each)
    for name, each_of in cases.items():
        found, count = [], 0
        for each in each_of:
            if "failed" in each:
                said, compared = [f"ours fails: {each['failed']}"], 0
            else:
                said, compared = findings(each["case"], each["ours"])
            count += compared
            where = f"{json.dumps(each['case']['params'])} on {each['case']['inputs']}"
            found += [f"{where}: {line}" for line in said]
        yield f"live {name}, seed {seed}: {len(each_of)} cases, {count} numbers", found


if __name__ == "__main__":
    failed = 0
    for title, lines in checks(int(sys.argv[1])):
        print(f"{'FAIL' if lines else 'ok  '} {title}")
        for line in lines:
            print(f"     {line}")
        failed += bool(lines)
    sys.exit(1 if failed else 0)
