import { compose } from './compose';
import { type ConvAttrs, type Geometry, type Size4, geometry, input, size4 } from './convolution';
import { mendKernel } from './mend';
import type { TensorInfo, Tf } from './tf';
import * as webgl from './webglFilterGradient';
import type { WebglBackend } from './webglProgram';
import * as webgpu from './webgpuFilterGradient';
import type { WebgpuBackend } from './webgpuProgram';

interface Attrs extends ConvAttrs {
  filterShape: Size4;
}

/** How a backend takes the gradient: sums over parts of the positions, then what adds these up. */
interface TwoPasses {
  parts(backend: object, x: TensorInfo, dy: TensorInfo, g: Geometry): TensorInfo;
  sum(backend: object, parts: TensorInfo, filterShape: Size4): TensorInfo;
}

const onWebgpu = (depthwise: boolean): TwoPasses => ({
  parts: (backend, x, dy, g) => {
    const { program, uniforms } = (depthwise ? webgpu.depthwiseFilterGradientParts : webgpu.filterGradientParts)(g);
    return (backend as WebgpuBackend).runWebGPUProgram(program, [x, dy], 'float32', uniforms);
  },
  sum: (backend, parts, filterShape) =>
    (backend as WebgpuBackend).runWebGPUProgram(webgpu.sumOfParts(filterShape), [parts], 'float32'),
});

const onWebgl = (depthwise: boolean): TwoPasses => ({
  parts: (backend, x, dy, g) => {
    const program = (depthwise ? webgl.depthwiseFilterGradientParts : webgl.filterGradientParts)(g);
    return (backend as WebglBackend).runWebGLProgram(program, [x, dy], 'float32');
  },
  sum: (backend, parts) => {
    const program = webgl.sumOfParts(parts.shape, !depthwise);
    return (backend as WebglBackend).runWebGLProgram(program, [parts], 'float32');
  },
});

const KERNELS = [
  ['Conv2DBackpropFilter', false],
  ['DepthwiseConv2dNativeBackpropFilter', true],
] as const;

/**
 * Filter gradients on webgl and webgpu, dilated ones too. The stock shaders have one thread for each weight, which goes
 * over all positions of all images: few threads with long loops, 150 of 36,864 positions in LeNet-5's first layer at
 * batch 64. Here the positions are divided among more threads, and what these give is added up by a second shader.
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [kh, kw, inChannels, outChannels]
 */
export function mendFilterGradientOnGpu(tf: Tf): void {
  for (const [backendName, onBackend] of [
    ['webgl', onWebgl],
    ['webgpu', onWebgpu],
  ] as const) {
    for (const [kernelName, depthwise] of KERNELS) {
      const passes = onBackend(depthwise);
      mendKernel(tf, backendName, kernelName, (stock) => (call) => {
        const { backend, inputs } = call;
        const attrs = call.attrs as object as Attrs;
        if (attrs.dataFormat === 'NCHW' && stock) return stock(call);
        const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
        const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs, depthwise);
        return compose(tf, backendName, backend, (run) => {
          const parts = run(() => passes.parts(backend, x, dy, g), {}, {});
          const sum = run(() => passes.sum(backend, parts, attrs.filterShape), {}, {});
          return run('Reshape', { x: sum }, { shape: attrs.filterShape });
        });
      });
    }
  }
}
