"""Runs every recorder anew, holds the committed goldens to what PyTorch says today, then asks it about fresh cases.

    python e2e/parity/check.py REPORT.json [SEED]

Recorded numbers agree when |a - b| <= 1e-9 * max|b| over the list they stand in: float64 on another processor rounds
differently in the last digits only. Where goldens are rounded, a unit of their last digit. Fresh cases of every layer
are computed by both sides, from a seed that changes daily unless one is given, and compared number by number.
Writes {"passed": n, "failed": n} to REPORT.json.
"""

import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import live
from oracle import ROOT

GOLDENS = {
    "record_optimizers.py": "src/recipe/goldens/optimizers.json",
    "record_losses.py": "src/recipe/goldens/losses.json",
    "record_program.py": "src/engine/goldens/program.json",
    "record_mends.py": "src/engine/kernels/cases/goldens.json",
}
TOLERANCE = 1e-9
ROUNDED = 2e-7


def largest(value):
    """Largest magnitude in a nest of lists and dictionaries."""
    if isinstance(value, bool) or not isinstance(value, (int, float, list, dict)):
        return 0.0
    if isinstance(value, (int, float)):
        return abs(value)
    return max((largest(each) for each in (value.values() if isinstance(value, dict) else value)), default=0.0)


def differences(now, kept, where, tolerance, scale=0.0):
    """Where two recordings differ, in words."""
    if isinstance(kept, dict) and isinstance(now, dict):
        if now.keys() != kept.keys():
            yield f"{where}: keys {sorted(now)} against {sorted(kept)}"
            return
        for key in kept:
            if key != "torch":
                yield from differences(now[key], kept[key], f"{where}.{key}", tolerance, scale)
    elif isinstance(kept, list) and isinstance(now, list):
        if len(now) != len(kept):
            yield f"{where}: {len(now)} entries against {len(kept)}"
            return
        for i, (a, b) in enumerate(zip(now, kept)):
            yield from differences(a, b, f"{where}[{i}]", tolerance, max(scale, largest(kept)))
    elif isinstance(kept, (int, float)) and not isinstance(kept, bool) and isinstance(now, (int, float)):
        if not abs(now - kept) <= tolerance * max(scale, abs(kept)):
            yield f"{where}: {now!r} against {kept!r}"
    elif now != kept:
        yield f"{where}: {now!r} against {kept!r}"


def recorded(script, *words):
    """Runs a recorder; what it says on stdout, and why it failed, if it did."""
    command = [sys.executable, ROOT / "e2e/parity" / script, *words]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return run.stdout, run.stderr.strip().splitlines()[-5:] if run.returncode != 0 else []


def files_differ(now, kept, tolerance):
    if not kept.exists():
        return [f"{kept.name} is not committed"]
    if not now.exists():
        return [f"{kept.name} is of nothing that is recorded"]
    return list(differences(json.loads(now.read_text()), json.loads(kept.read_text()), kept.name, tolerance))


def checks(seed):
    """Name and findings of each check, one after another."""
    for script, golden in GOLDENS.items():
        out, failure = recorded(script)
        kept = json.loads((ROOT / golden).read_text())
        yield golden, failure or list(differences(json.loads(out), kept, golden, TOLERANCE))
    with tempfile.TemporaryDirectory() as folder:
        _, failure = recorded("record_layers.py", "--into", folder)
        if failure:
            yield "record_layers.py", failure
        kept = ROOT / "src/engine/goldens/layers"
        for name in sorted({file.name for here in (Path(folder), kept) for file in here.glob("*.json")}):
            yield f"layers/{name}", files_differ(Path(folder) / name, kept / name, ROUNDED)
        graphs = Path(folder) / "graphs"
        _, failure = recorded("record_graphs.py", "--into", str(graphs))
        yield "graphs.json", failure or files_differ(graphs, ROOT / "src/engine/goldens/graphs.json", TOLERANCE)
    yield from live.checks(seed)


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else datetime.date.today().toordinal()
    passed = failed = 0
    for name, found in checks(seed):
        print(f"{'ok  ' if not found else 'FAIL'} {name}")
        for line in found[:5]:
            print(f"     {line}")
        passed += not found
        failed += bool(found)
    Path(sys.argv[1]).write_text(json.dumps({"passed": passed, "failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
