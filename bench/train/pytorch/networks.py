"""The networks of bench/train/networks.ts as PyTorch's users write them; layers bear the same names."""

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 128)
        self.classes = nn.Linear(128, 10)

    def forward(self, x):
        return self.classes(F.relu(self.hidden(x)))


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.dense1 = nn.Linear(400, 120)
        self.dense2 = nn.Linear(120, 84)
        self.classes = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.dense1(x.flatten(1)))
        return self.classes(F.relu(self.dense2(x)))


class VggS(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv4 = nn.Conv2d(64, 64, 3, padding=1)
        self.conv5 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv6 = nn.Conv2d(128, 128, 3, padding=1)
        self.dense = nn.Linear(4 * 4 * 128, 128)
        self.classes = nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        x = F.max_pool2d(F.relu(self.conv4(F.relu(self.conv3(x)))), 2)
        x = F.max_pool2d(F.relu(self.conv6(F.relu(self.conv5(x)))), 2)
        return self.classes(F.relu(self.dense(x.flatten(1))))


class Residual(nn.Module):
    def __init__(self, maps, filters, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(maps, filters, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.projects = stride > 1
        if self.projects:
            self.project = nn.Conv2d(maps, filters, 1, stride=stride, bias=False)
            self.normed = nn.BatchNorm2d(filters)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (self.normed(self.project(x)) if self.projects else x))


def stage(maps, filters, stride):
    blocks = [Residual(maps, filters, stride), Residual(filters, filters), Residual(filters, filters)]
    return nn.Sequential(OrderedDict((f"block{i + 1}", block) for i, block in enumerate(blocks)))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.stage1 = stage(16, 16, 1)
        self.stage2 = stage(16, 32, 2)
        self.stage3 = stage(32, 64, 2)
        self.classes = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.norm(self.conv(x)))
        return self.classes(self.stage3(self.stage2(self.stage1(x))).mean((2, 3)))


class Separable(nn.Module):
    def __init__(self, maps, filters):
        super().__init__()
        self.depthwise = nn.Conv2d(maps, maps, 3, padding=1, groups=maps, bias=False)
        self.norm1 = nn.BatchNorm2d(maps)
        self.pointwise = nn.Conv2d(maps, filters, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)

    def forward(self, x):
        return F.relu(self.norm2(self.pointwise(F.relu(self.norm1(self.depthwise(x))))))


class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = Separable(64, 128)
        self.block2 = Separable(128, 128)
        self.classes = nn.Linear(128, 10)

    def forward(self, x):
        return self.classes(self.block2(self.block1(x)).mean((2, 3)))


class Grown(nn.Module):
    def __init__(self, maps, growth):
        super().__init__()
        self.norm = nn.BatchNorm2d(maps)
        self.conv = nn.Conv2d(maps, growth, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv(F.relu(self.norm(x)))], 1)


class DenseNet(nn.Module):
    def __init__(self, growth=12):
        super().__init__()
        self.layer1 = Grown(2 * growth, growth)
        self.layer2 = Grown(3 * growth, growth)
        self.layer3 = Grown(4 * growth, growth)
        self.layer4 = Grown(5 * growth, growth)
        self.norm = nn.BatchNorm2d(6 * growth)
        self.classes = nn.Linear(6 * growth, 10)

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.classes(F.relu(self.norm(x)).mean((2, 3)))


# By name: the class, the sizes of one example, channels last, and what is flattened before a dense layer.
NETWORKS = {
    "mlp": (Mlp, (784,), {}),
    "lenet-5": (LeNet5, (28, 28, 1), {"dense1": (5, 5, 16)}),
    "vgg-s": (VggS, (32, 32, 3), {"dense": (4, 4, 128)}),
    "resnet-20": (ResNet20, (32, 32, 3), {}),
    "mobilenet": (MobileNet, (16, 16, 64), {}),
    "densenet": (DenseNet, (16, 16, 24), {}),
}
