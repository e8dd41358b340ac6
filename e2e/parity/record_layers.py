"""Records what PyTorch computes for every layer: outputs and gradients, in float64.

    python e2e/parity/record_layers.py [--into FOLDER] [TYPE ...]

The cases come from the layers' definitions (e2e/parity/emit.ts). One file per layer goes to
src/engine/goldens/layers, or to the folder given; without types, all of them, and files of layers that are gone are
removed. Large tensors are recorded by norm, largest number, two projections and a sample, which keeps files small
enough to review.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from formula import uniform
from oracle import ROOT, TORCH, compute, emitted

GOLDENS = ROOT / "src/engine/goldens/layers"
FULL = 48  # Larger tensors are summarised.
SAMPLE = 8
DIGITS = 8


def short(x):
    return float(f"{x:.{DIGITS}g}") + 0.0


def record(values):
    if values is None:
        return None
    if values.size <= FULL:
        return [short(x) for x in values]
    return {
        "size": values.size,
        "largest": short(np.abs(values).max()),
        "norm": short(np.linalg.norm(values)),
        "projections": [short(values @ uniform(seed, values.size)) for seed in (1, 2)],
        # 7919 is a prime beyond all sizes' divisors, so the places are spread and differ.
        "sample": [short(values[(i * 7919) % values.size]) for i in range(SAMPLE)],
    }


def line(case, fingerprint):
    head = {"case": fingerprint, "params": case["params"], "inputs": case["inputs"]}
    try:
        found = compute(case)
    except Exception as problem:  # Whatever PyTorch says against a case is what is to be told.
        return {**head, "refused": f"{type(problem).__name__}: {problem}".splitlines()[0]}
    return {
        **head,
        **({} if found["training"] else {"training": False}),
        "outputs": [record(y) for y in found["outputs"]],
        "inputGradients": [record(g) for g in found["inputs"]],
        "weightGradients": {name: record(g) for name, g in found["weights"].items()},
        "parameters": found["parameters"],
    }


def golden(request):
    """A line for each case, so that a change of one reads as one."""
    code = {"torch": TORCH, "code": request["code"]}
    lines = ",\n".join(
        json.dumps(line(case, f), ensure_ascii=False, separators=(",", ":"))
        for case, f in zip(request["cases"], request["fingerprints"])
    )
    return f'{json.dumps(code, ensure_ascii=False)[:-1]}, "cases": [\n{lines}\n]}}\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, default=GOLDENS)
    parser.add_argument("types", nargs="*")
    args = parser.parse_args()
    requests = {r["type"]: r for r in emitted("requests")}
    unknown = [t for t in args.types if t not in requests]
    if unknown:
        sys.exit(f"There is no layer {', '.join(unknown)}.")
    args.into.mkdir(parents=True, exist_ok=True)
    compared = {t: r for t, r in requests.items() if r["reason"] is None}
    if not args.types:
        for file in args.into.glob("*.json"):
            if file.stem not in compared:
                file.unlink()
    refused = 0
    for name, request in compared.items():
        if args.types and name not in args.types:
            continue
        text = golden(request)
        (args.into / f"{name}.json").write_text(text)
        for case in json.loads(text)["cases"]:
            if "refused" in case:
                refused += 1
                print(f"{name} {json.dumps(case['params'])} on {case['inputs']}: {case['refused']}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
