"""Records what PyTorch 2.13 computes, in float64, for operations that stock tfjs lacks or gets wrong.

    python e2e/parity/record_mends.py > src/engine/kernels/cases/goldens.json

Each entry is the output followed by the gradient of every input, flat, channels last; the gradient that enters is
`wave(shape, 9)`. Names, inputs and attributes are those of the cases in src/engine/kernels/cases/.
"""

import json

import torch
import torch.nn.functional as F

recorded = {}


def wave(shape, seed):
    count = torch.Size(shape).numel()
    return torch.tensor([((7 * i + 3 * seed) % 11 - 5) / 4 for i in range(count)], dtype=torch.float64).reshape(shape)


def distinct(shape, seed):
    count = torch.Size(shape).numel()
    return torch.tensor([((37 * i + seed) % 101 - 50) / 8 for i in range(count)], dtype=torch.float64).reshape(shape)


def record(name, f, *inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    y = f(*inputs)
    y.backward(wave(y.shape, 9))
    recorded[name] = torch.cat([t.detach().flatten() for t in [y, *(x.grad for x in inputs)]]).tolist()


def first(x):
    """Channels first."""
    return x.movedim(-1, 1)


def last(x):
    """Channels last."""
    return x.movedim(1, -1)


def kernel(w):
    """[…spatial, in, out] to [out, in, …spatial]."""
    return w.movedim(-1, 0).movedim(-1, 1)


def padded(x, *sides):
    """Zeros per side of each spatial axis of a channels-last tensor."""
    return F.pad(x, (0, 0, *(side for pair in reversed(sides) for side in pair)))


# Convolutions
record("conv1d, dilated", lambda x, w: last(F.conv1d(first(x), kernel(w), dilation=2)), wave([1, 7, 2], 1), wave([3, 2, 2], 2))
record("conv2d", lambda x, w: last(F.conv2d(first(padded(x, (1, 1), (0, 1))), kernel(w), stride=(2, 1))), wave([2, 5, 4, 2], 1), wave([3, 2, 2, 2], 2))
record("conv2d, dilated", lambda x, w: last(F.conv2d(first(x), kernel(w), dilation=(2, 3))), wave([1, 6, 7, 2], 1), wave([3, 2, 2, 2], 2))
record("conv2d, dilated and strided", lambda x, w: last(F.conv2d(first(padded(x, (1, 2), (0, 1))), kernel(w), stride=(2, 3), dilation=(2, 3))), wave([1, 6, 7, 2], 1), wave([3, 2, 2, 2], 2))
record("conv2d, windows that leave elements over", lambda x, w: last(F.conv2d(first(x), kernel(w), stride=3)), wave([1, 9, 9, 1], 1), wave([2, 2, 1, 1], 2))
record("conv3d", lambda x, w: last(F.conv3d(first(padded(x, (0, 0), (0, 1), (1, 1))), kernel(w), stride=(2, 1, 1))), wave([1, 4, 3, 4, 2], 1), wave([2, 2, 3, 2, 2], 2))
record("conv3d, dilated", lambda x, w: last(F.conv3d(first(x), kernel(w), dilation=(2, 1, 2))), wave([1, 4, 3, 5, 2], 1), wave([2, 2, 2, 2, 2], 2))
record("conv3d, dilated and strided", lambda x, w: last(F.conv3d(first(x), kernel(w), stride=(2, 1, 3), dilation=(1, 2, 2))), wave([1, 5, 4, 6, 1], 1), wave([2, 2, 2, 1, 2], 2))
record("conv3dTranspose", lambda x, w: last(F.conv_transpose3d(first(x), w.movedim(-1, 0).movedim(-1, 1), stride=(2, 1, 2))), wave([1, 2, 2, 2, 3], 1), wave([2, 2, 2, 2, 3], 2))


def depthwise(x, w, **how):
    kh, kw, channels, multiplier = w.shape
    grouped = w.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, kh, kw)
    return last(F.conv2d(first(x), grouped, groups=channels, **how))


record("depthwise", lambda x, w: depthwise(padded(x, (1, 1), (0, 1)), w), wave([1, 4, 3, 2], 1), wave([3, 2, 2, 2], 2))
record("depthwise, dilated", lambda x, w: depthwise(padded(x, (2, 2), (1, 1)), w, dilation=2), wave([1, 6, 5, 2], 1), wave([3, 2, 2, 2], 2))
record("depthwise, dilated and strided", lambda x, w: depthwise(padded(x, (1, 2), (0, 1)), w, stride=(2, 3), dilation=(2, 3)), wave([1, 6, 7, 2], 1), wave([3, 2, 2, 1], 2))

# Pooling
record("max pooling, overlapping a border", lambda x: last(F.max_pool2d(F.pad(first(x), (0, 1, 0, 1), value=-1e9), 2, 1)), -distinct([1, 3, 3, 2], 1).abs())
record("max pooling, ties", lambda x: last(F.max_pool2d(first(x), 2, 2)), torch.zeros(1, 4, 4, 2, dtype=torch.float64))
record("max pooling, ties with rows left over", lambda x: last(F.max_pool2d(first(x), (2, 3), (2, 1))), torch.ones(1, 5, 4, 1, dtype=torch.float64))
record("max pooling, rounded up", lambda x: last(F.max_pool2d(first(x), (3, 2), 2, ceil_mode=True)), distinct([1, 6, 5, 2], 1))
record("average pooling, padded unequally", lambda x: last(F.avg_pool2d(first(x), 3, 2, 1, count_include_pad=False)), wave([1, 5, 5, 2], 1))
record("average pooling, rounded up", lambda x: last(F.avg_pool2d(first(x), (3, 2), 2, ceil_mode=True)), wave([1, 6, 5, 2], 1))
record("max pooling, padded by a number", lambda x: last(F.max_pool2d(first(x), (3, 2), (1, 2), 1)), distinct([1, 4, 5, 2], 1))
record("max pooling in 3-D, windows no cubes", lambda x: last(F.max_pool3d(first(x), (2, 3, 2), (1, 1, 2))), distinct([1, 3, 4, 4, 2], 1))
record("max pooling in 3-D, ties", lambda x: last(F.max_pool3d(first(x), 2, 2)), torch.zeros(1, 4, 2, 4, 1, dtype=torch.float64))
record("average pooling in 3-D, padded", lambda x: last(F.avg_pool3d(first(x), 3, 2, 1, count_include_pad=False)), wave([1, 3, 5, 3, 2], 1))


def pool_at(x):
    return last(F.max_pool2d(first(x), (3, 2), (1, 1)))


record("max pooling with positions", pool_at, -distinct([1, 4, 3, 2], 1).abs())

# Extremes and broadcasting
TIED = torch.tensor([[3.0, 1.0, 3.0, 1.0], [2.0, 2.0, 2.0, 0.0]], dtype=torch.float64)
record("max, ties", lambda x: torch.amax(x, 1), TIED)
record("min, ties", lambda x: torch.amin(x, 0, keepdim=True), torch.tensor([[1.0, 2.0, 0.0], [1.0, 3.0, 0.0]], dtype=torch.float64))
record("maximum, ties", torch.maximum, TIED, TIED.flip(1))
record("minimum, broadcast", torch.minimum, TIED, TIED[1])
record("squared difference, broadcast", lambda a, b: (a - b) ** 2, wave([2, 3], 1), wave([3], 2))
record("matrix product, broadcast", torch.matmul, wave([2, 3, 4], 1), wave([1, 4, 2], 2))
record("sum of many", lambda *xs: sum(xs), *(wave([2, 3], seed) for seed in range(20)))
record("bias in 3-D", torch.add, wave([1, 2, 2, 2, 3], 1), wave([3], 2))
record("prelu in 3-D", lambda x, a: torch.where(x < 0, a * x, x), distinct([1, 2, 2, 2, 3], 1), wave([3], 2))
record("cumsum along a middle axis", lambda x: torch.cumsum(x, 1), wave([2, 3, 2], 1))
record("cumsum of rank 5", lambda x: torch.cumsum(x, 2), wave([1, 2, 3, 2, 1], 1))

# Shapes
record("tile of rank 5", lambda x: x.repeat(1, 2, 1, 1, 2), wave([1, 2, 2, 1, 2], 1))
record("strided slice", lambda x: x[0:3:2][:, [3, 1]], wave([3, 5], 1))
record("strided slice of rank 5", lambda x: x[:, ::2, 1:, :, :], wave([1, 3, 3, 2, 2], 1))
record("slice of rank 5", lambda x: x[:, 1:2, :, 1:2, 0:1], wave([1, 2, 3, 2, 2], 1))
record("pad of rank 5", lambda x: padded(x, (1, 0), (0, 2), (1, 1)), wave([1, 2, 3, 2, 2], 1))
record("reverse of rank 5", lambda x: x.flip(1, 3), wave([2, 2, 3, 2, 1], 1))
record("reflection padding", lambda x: last(F.pad(first(x), (1, 1, 2, 1), mode="reflect")), wave([1, 3, 2, 2], 1))
record("reflection padding of rank 5", lambda x: last(F.pad(first(x), (0, 1, 2, 1, 1, 0), mode="reflect")), wave([1, 2, 3, 2, 2], 1))
record("symmetric padding", lambda x: x[[1, 0, 0, 1, 2, 2]], wave([3, 2], 1))


def shuffle(x):
    n, h, w, c = x.shape
    return x.reshape(n, h, w, 2, 2, c // 4).permute(0, 1, 3, 2, 4, 5).reshape(n, 2 * h, 2 * w, c // 4)


# One channel out: tfjs's order of channels is then that of pixel_shuffle.
record("pixel shuffle", lambda x: last(F.pixel_shuffle(first(x), 2)), wave([1, 2, 3, 4], 1))
record("pixel shuffle, two channels", shuffle, wave([1, 2, 1, 8], 1))


def resized(how, **more):
    return lambda x: last(F.interpolate(first(x), size=(5, 4), mode=how, **more))


record("bilinear, corners aligned", resized("bilinear", align_corners=True), wave([1, 3, 2, 2], 1))
record("bilinear, half-pixel centres", resized("bilinear", align_corners=False), wave([1, 3, 2, 2], 1))
record("nearest, two images", resized("nearest"), wave([2, 3, 2, 2], 1))
record("split into one part", lambda x: torch.split(x, [2], 1)[0], wave([3, 2], 1))
record("unstack of one", lambda x: torch.unbind(x, 1)[0], wave([3, 1, 2], 1))
record("nearest, half-pixel centres", resized("nearest-exact"), wave([1, 3, 2, 2], 1))


def crop(x):
    """Bilinear samples from y of 0.1 to 0.9 and x of 0.25 to 0.9 of the second image; corners are at -1 and 1."""
    y = torch.linspace(0.1, 0.9, 3, dtype=torch.float64) * 2 - 1
    z = torch.linspace(0.25, 0.9, 2, dtype=torch.float64) * 2 - 1
    grid = torch.stack([z.repeat(3, 1), y[:, None].repeat(1, 2)], -1)[None]
    return last(F.grid_sample(first(x[1:]), grid, mode="bilinear", align_corners=True))


record("crop and resize", crop, wave([2, 4, 3, 2], 1))

# Indexing
record("gather, rows repeated", lambda x: x[[2, 0, 2, 1, 2]], wave([4, 3], 1))
record("gather by tuples", lambda x: x[[0, 1, 0], [1, 0, 1]], wave([2, 3, 2], 1))
record("scatter by tuples", lambda x: torch.zeros(5, 2, dtype=torch.float64).index_add(0, torch.tensor([1, 3, 1]), x), wave([3, 2], 1))
record("update by tuples", lambda x, u: x.index_copy(0, torch.tensor([1, 3]), u), wave([5, 2], 1), wave([2, 2], 2))
record("segments summed", lambda x: torch.zeros(4, 3, dtype=torch.float64).index_add(0, torch.tensor([1, 0, 1, 3]), x), wave([4, 3], 1))
record("top k", lambda x: torch.topk(x, 2).values, distinct([3, 5], 1))
record("selection of rank 5", lambda a, b: torch.where(torch.arange(16).reshape(2, 1, 2, 2, 2) > 5, a, b), wave([2, 1, 2, 2, 2], 1), wave([2, 1, 2, 2, 2], 2))
record("cast, transposed", lambda x: x * (torch.arange(12).reshape(2, 3, 2) > 5).double().transpose(0, 1), wave([3, 2, 2], 1))

print(json.dumps(recorded, indent=None, separators=(",", ":")).replace('],"', '],\n"'))
