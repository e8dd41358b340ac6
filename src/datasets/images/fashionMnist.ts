import { defineIdxImages } from '../idxImages';

/** Greyscale photographs of clothes, as many and as large as MNIST's digits but harder. Xiao, Rasul & Vollgraf 2017. */
export const fashionMnist = defineIdxImages({
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  summary: 'Photographs of clothes in grey, 28×28, ten classes: the first real test of a convolutional network.',
  input: [28, 28, 1],
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  counts: { train: 60_000, test: 10_000 },
  scale: 1 / 255,
  licence: 'MIT, © 2017 Zalando SE',
  origin:
    'H. Xiao, K. Rasul & R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning ' +
    'Algorithms", 2017, arXiv:1708.07747',
  files: {
    train: {
      images: {
        path: 'datasets/fashion-mnist/train-images-idx3.bin',
        bytes: 26_421_856,
        sha256: 'b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7',
      },
      labels: {
        path: 'datasets/fashion-mnist/train-labels-idx1.bin',
        bytes: 29_491,
        sha256: '0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056',
      },
    },
    test: {
      images: {
        path: 'datasets/fashion-mnist/t10k-images-idx3.bin',
        bytes: 4_422_079,
        sha256: 'cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa',
      },
      labels: {
        path: 'datasets/fashion-mnist/t10k-labels-idx1.bin',
        bytes: 5_125,
        sha256: '8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05',
      },
    },
  },
});
