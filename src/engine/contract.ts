import { describe } from 'vitest';
import { divergenceContract } from './contract/divergence';
import { type Factory, usingWith } from './contract/factory';
import { networksContract } from './contract/networks';
import { runContract } from './contract/run';

/** What every implementation of `Program` answers alike; each is held to it by calling this with its factory. */
export function programContract(name: string, create: Factory): void {
  const using = usingWith(create);
  describe(name, () => {
    networksContract(using);
    runContract(using, create);
    divergenceContract(using);
  });
}
