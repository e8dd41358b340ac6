"""PyTorch's side of the benchmark: a question a line on stdin, an answer a line on stdout, both JSON.

    python bench/train/pytorch/serve.py

`open` makes a network, `run` repeats a step or inference, `epoch` trains and evaluates on Fashion-MNIST.
`src/engine/parity/values.ts` and `bench/train/task.ts` have the same numbers.
"""

import gzip
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "e2e/parity"))

from networks import NETWORKS  # noqa: E402
from weights import load, values  # noqa: E402

IMAGES = ROOT / "public/datasets/fashion-mnist"


def channels_first(x):
    return x.movedim(-1, 1).contiguous() if x.dim() == 4 else x


class Trainer:
    def __init__(self, task, threads):
        torch.set_num_threads(threads)
        kind, sizes, flattened = NETWORKS[task["net"]]
        self.network = kind()
        load(self.network, task["weights"], flattened)
        self.batch = task["batch"]
        self.x = channels_first(values(task["input"], (self.batch, *sizes)))
        self.y = torch.tensor([(3 * n + 1) % 10 for n in range(self.batch)])
        self.optimizer = torch.optim.SGD(
            self.network.parameters(), lr=task["learningRate"], momentum=task["momentum"]
        )
        self.opened = {
            "detail": f"PyTorch {torch.__version__.split('+')[0]} · {threads} thread{'' if threads == 1 else 's'}",
            "params": sum(parameter.numel() for parameter in self.network.parameters()),
        }

    def step(self, x, y):
        loss = F.cross_entropy(self.network(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def run(self, what, count):
        self.network.train(what == "step")
        start = time.perf_counter()
        if what == "step":
            for _ in range(count):
                loss = self.step(self.x, self.y)
            loss = loss.item()
        else:
            loss = None
            with torch.inference_mode():
                for _ in range(count):
                    self.network(self.x)
        return {"ms": 1000 * (time.perf_counter() - start) / count, "loss": loss}

    def epoch(self):
        """60,000 images in a new order, then the 10,000 of the test; bytes become floats as they are needed."""
        images, classes = dataset("train")
        test_images, test_classes = dataset("t10k")
        start = time.perf_counter()
        self.network.train()
        total = 0.0
        for rows in torch.randperm(len(classes)).split(self.batch):
            total += self.step(as_floats(images[rows]), classes[rows]).item() * len(rows)
        self.network.eval()
        right = 0
        with torch.inference_mode():
            for x, y in zip(test_images.split(self.batch), test_classes.split(self.batch)):
                right += (self.network(as_floats(x)).argmax(1) == y).sum().item()
        ms = 1000 * (time.perf_counter() - start)
        return {"ms": ms, "loss": total / len(classes), "accuracy": right / len(test_classes)}


def as_floats(images):
    return images.to(torch.float32).div_(255)


def dataset(part):
    """IDX files: LeCun's format, compressed."""

    def body(name, header):
        data = np.frombuffer(gzip.decompress((IMAGES / f"{part}-{name}.bin").read_bytes()), np.uint8)
        return torch.from_numpy(data[header:].copy())

    return body("images-idx3", 16).reshape(-1, 1, 28, 28), body("labels-idx1", 8).to(torch.int64)


def main():
    trainer = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["ask"] == "open":
                trainer = Trainer(question["task"], question["threads"])
                answer = trainer.opened
            elif question["ask"] == "run":
                answer = trainer.run(question["what"], question["count"])
            else:
                answer = trainer.epoch()
        except Exception as problem:  # Whatever it is, the other side has to be told.
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
