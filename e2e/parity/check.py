"""Runs every recorder anew and holds the committed goldens to what PyTorch says today.

    python e2e/parity/check.py REPORT.json

Numbers agree when |a - b| <= 1e-9 * max|b| over the list they stand in: float64 on another processor rounds
differently in the last digits only. Writes {"passed": n, "failed": n} to REPORT.json.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = {
    "record_optimizers.py": "src/recipe/goldens/optimizers.json",
    "record_losses.py": "src/recipe/goldens/losses.json",
    "record_program.py": "src/engine/goldens/program.json",
    "record_mends.py": "src/engine/kernels/cases/goldens.json",
}
TOLERANCE = 1e-9


def largest(value):
    """Largest magnitude in a nest of lists and dictionaries."""
    if isinstance(value, bool) or not isinstance(value, (int, float, list, dict)):
        return 0.0
    if isinstance(value, (int, float)):
        return abs(value)
    return max((largest(each) for each in (value.values() if isinstance(value, dict) else value)), default=0.0)


def differences(now, kept, where, scale=0.0):
    """Where two recordings differ, in words."""
    if isinstance(kept, dict) and isinstance(now, dict):
        if now.keys() != kept.keys():
            yield f"{where}: keys {sorted(now)} against {sorted(kept)}"
            return
        for key in kept:
            if key != "torch":
                yield from differences(now[key], kept[key], f"{where}.{key}", scale)
    elif isinstance(kept, list) and isinstance(now, list):
        if len(now) != len(kept):
            yield f"{where}: {len(now)} entries against {len(kept)}"
            return
        for i, (a, b) in enumerate(zip(now, kept)):
            yield from differences(a, b, f"{where}[{i}]", max(scale, largest(kept)))
    elif isinstance(kept, (int, float)) and not isinstance(kept, bool) and isinstance(now, (int, float)):
        if not abs(now - kept) <= TOLERANCE * max(scale, abs(kept)):
            yield f"{where}: {now!r} against {kept!r}"
    elif now != kept:
        yield f"{where}: {now!r} against {kept!r}"


def main():
    passed = failed = 0
    for recorder, golden in GOLDENS.items():
        run = subprocess.run([sys.executable, ROOT / "e2e/parity" / recorder], capture_output=True, text=True, cwd=ROOT)
        if run.returncode != 0:
            found = [run.stderr.strip().splitlines()[-1]]
        else:
            found = list(differences(json.loads(run.stdout), json.loads((ROOT / golden).read_text()), golden))
        print(f"{'ok  ' if not found else 'FAIL'} {recorder}: {golden}")
        for line in found[:5]:
            print(f"     {line}")
        passed += not found
        failed += bool(found)
    Path(sys.argv[1]).write_text(json.dumps({"passed": passed, "failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
