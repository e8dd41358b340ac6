import { programContract } from './contract';
import { nodeSurroundings } from './backends/node';
import { createProgram } from './createProgram';

programContract('the reference program', (...wanted) => createProgram(nodeSurroundings, ...wanted));
