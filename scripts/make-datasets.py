"""Writes public/datasets/digits from scikit-learn's copy of the UCI handwritten digits.

Run where scikit-learn is installed: python3 scripts/make-datasets.py
Plain idx files (big-endian header, then unsigned bytes), so that the same input gives the same bytes everywhere.
The order is scikit-learn's own, which keeps each writer's digits together: the first 1,500 examples train, the last
297 test. Unshuffled, as in scikit-learn's own example, so that the test digits come mostly from other hands.
"""

import hashlib
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TRAIN = 1500
TARGET = Path(__file__).resolve().parent.parent / "public" / "datasets" / "digits"


def write_idx(name: str, array: np.ndarray) -> None:
    """Rank and sizes follow the magic number 0x00 0x00 0x08 (unsigned byte) in the header."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 0x08, array.ndim, *array.shape)
    content = header + np.ascontiguousarray(array).tobytes()
    (TARGET / name).write_bytes(content)
    print(f"{name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def main() -> None:
    digits = load_digits()
    images = digits.images.astype(np.uint8)
    labels = digits.target.astype(np.uint8)
    assert images.shape == (1797, 8, 8) and np.array_equal(images, digits.images)
    TARGET.mkdir(parents=True, exist_ok=True)
    for split, rows in (("train", slice(0, TRAIN)), ("test", slice(TRAIN, None))):
        write_idx(f"{split}-images-idx3.bin", images[rows])
        write_idx(f"{split}-labels-idx1.bin", labels[rows])


if __name__ == "__main__":
    main()
