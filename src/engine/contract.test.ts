import { programContract } from './contract';
import { createProgram } from './createProgram';

programContract('the reference program', createProgram);
