import { spawnSync } from 'node:child_process';
import { UsageError } from '../usageError';

const VENV = '.cache/parity/bin/python';

const hasTorch = (python: string): boolean => spawnSync(python, ['-c', 'import torch, numpy']).status === 0;

/** A Python with PyTorch: the one that LOOM_PYTHON names, the parity suite's, or the system's; `null` without any. */
export function findPython(): string | null {
  const named = process.env.LOOM_PYTHON;
  if (named && !hasTorch(named)) throw new UsageError(`LOOM_PYTHON is ${named}, which can’t import torch and numpy.`);
  return [named, VENV, 'python3'].find((python) => python !== undefined && hasTorch(python)) ?? null;
}
