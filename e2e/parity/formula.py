"""Numbers by a formula that `src/engine/parity/values.ts` knows too, so that files and messages stay small."""

import numpy as np


def uniform(seed, count):
    """Uniform in [-1, 1), 24 bits each: the i-th is a hash of i (MurmurHash3's finaliser)."""
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> np.uint32(16))
    return (h >> np.uint32(8)).astype(np.float64) / 2**23 - 1
