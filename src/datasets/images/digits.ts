import { defineIdxImages } from '../idxImages';

/**
 * Handwritten digits, each pixel the number of ink dots (0 … 16) in a 4×4 block. Alpaydin & Kaynak 1998.
 * Split in the given order: it keeps each writer's digits together, so the test digits come mostly from other hands
 * than those trained on, and a score on them is not flattered by a shuffle that puts each hand on both sides.
 */
export const digits = defineIdxImages({
  id: 'digits',
  title: 'Handwritten digits',
  summary: 'Tiny scans of the digits 0 to 9, 8×8: real handwriting that trains in seconds.',
  input: [8, 8, 1],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  counts: { train: 1_500, test: 297 },
  scale: 1 / 16,
  licence: 'CC BY 4.0',
  origin:
    'E. Alpaydin & C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998, ' +
    'doi:10.24432/C50P49; by way of scikit-learn',
  files: {
    train: {
      images: {
        path: 'datasets/digits/train-images-idx3.bin',
        bytes: 96_016,
        sha256: '250b393ca7e577cac16d65c0044147a67a30f533db07409ff29992574114213b',
      },
      labels: {
        path: 'datasets/digits/train-labels-idx1.bin',
        bytes: 1_508,
        sha256: 'bd3edaa3a988280a3961d7c68a1df9acde2a3f3b377241ca8fcebd995127d8e8',
      },
    },
    test: {
      images: {
        path: 'datasets/digits/test-images-idx3.bin',
        bytes: 19_024,
        sha256: '1305eed8c6ea5b934de4530960ea5bdef4f20578dfefc0179261eee2877d02b1',
      },
      labels: {
        path: 'datasets/digits/test-labels-idx1.bin',
        bytes: 305,
        sha256: 'e6698ad083c2c36b514003f58a4da1112904c486bc4ed10f9f6ac2b47ee729c7',
      },
    },
  },
});
