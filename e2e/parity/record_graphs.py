"""Records which shapes PyTorch gives to the layers of 2,000 random networks.

    python e2e/parity/record_graphs.py [--into FILE]

Each layer runs as its definition writes it in PyTorch, on what the layers before it really gave, in eval mode. What
PyTorch lacks takes made-up numbers. A line per network: seed, the network's fingerprint, how many layers PyTorch ran,
and a hash of their shapes. Shapes that are not the inferred ones are told on stderr.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

from oracle import ROOT, TORCH, Expression, emitted, run

GOLDEN = ROOT / "src/engine/goldens/graphs.json"


def fnv(text):
    """FNV-1a over UTF-16 code units, 32 bits, as src/core/random.ts has it."""
    h = 0x811C9DC5
    for unit in text:
        h = ((h ^ ord(unit)) * 0x01000193) & 0xFFFFFFFF
    return f"{h:08x}"


def shapes_of(request):
    """Shapes of the layers that PyTorch has, in order, and what disagrees."""
    torch.manual_seed(request["seed"])
    batch, values, shapes, found = request["batch"], [], [], []
    for at, step in enumerate(request["steps"]):
        expected = [[batch, *sizes] for sizes in step["outputs"]]
        inputs = [values[layer][port] for layer, port in step["from"]]
        if step["torch"] is None:
            if "values" in step:
                made = [torch.tensor(step["values"], dtype=torch.float64).reshape(expected[0])]
            elif len(inputs) == 1 and [list(inputs[0].shape)] == expected:
                made = inputs
            else:
                made = [torch.randn(shape) for shape in expected]
            values.append(made)
            continue
        try:
            with torch.no_grad():
                made = run(Expression(step["torch"]).eval(), step["torch"]["layout"], inputs)
        except Exception as problem:  # Whatever PyTorch says against a layer is what is to be told.
            found.append(f"{at} {step['type']} {step['torch']['module']}: {problem}".splitlines()[0])
            made = [torch.randn(shape) for shape in expected]
            shapes.append("refused")
        else:
            shapes.append(" ".join("×".join(map(str, y.shape[1:])) or "1" for y in made))
            if [list(y.shape) for y in made] != expected:
                theirs = [list(y.shape) for y in made]
                found.append(f"{at} {step['type']} {step['torch']}: {theirs}, inferred {expected}")
                made = [torch.randn(shape) for shape in expected]
        values.append([y.to(torch.float64) for y in made])
    return shapes, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, default=GOLDEN)
    args = parser.parse_args()
    lines, wrong = [], 0
    for request in emitted("graphs"):
        shapes, found = shapes_of(request)
        lines.append([request["seed"], request["fingerprint"], len(shapes), fnv(", ".join(shapes))])
        for line in found:
            wrong += 1
            print(f"seed {request['seed']}: {line}", file=sys.stderr)
    body = ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    args.into.write_text(f'{{"torch": "{TORCH}", "graphs": [\n{body}\n]}}\n')
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
