import { describe, expect, it } from 'vitest';
import { checkRecipe, parseOptimizer } from './check';
import { notPerformed } from './performed';
import { defaultRecipe, type Recipe } from './recipe';
import { initializers, losses, metrics, optimizers, schedules } from './registry';

const recipe = (change: Partial<Recipe>): Recipe => ({ ...defaultRecipe, ...change });

describe('the registry', () => {
  it('finds every part by its type', () => {
    expect([...optimizers.keys()].sort()).toEqual(['adam', 'momentum', 'nesterov', 'rmsprop', 'sgd']);
    expect([...losses.keys()].sort()).toEqual(['crossEntropy', 'squaredError']);
    expect([...metrics.keys()]).toEqual(['accuracy']);
    expect([...schedules.keys()].sort()).toEqual(['constant', 'cosine', 'exponential', 'step']);
    expect([...initializers.keys()].sort()).toEqual(
      [
        ...['constant', 'glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'identity', 'leCunNormal'],
        ...['leCunUniform', 'ones', 'orthogonal', 'randomNormal', 'randomUniform', 'truncatedNormal', 'zeros'],
      ],
    );
  });
});

describe('checking a recipe', () => {
  it('finds nothing wrong with the default', () => {
    expect(checkRecipe(defaultRecipe, 'classes')).toEqual([]);
    expect(notPerformed(defaultRecipe)).toEqual([]);
  });

  it('says which optimizers, losses and schedules there are', () => {
    const problems = checkRecipe(
      recipe({ optimizer: { type: 'lion', params: {} }, loss: 'hinge', schedule: { type: 'plateau', params: {} } }),
    );
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'error recipe.optimizer',
      'error recipe.loss',
      'warning recipe.schedule',
    ]);
    expect(problems[0]!.message).toBe(
      'There is no optimizer “lion”; there are adam, momentum, nesterov, rmsprop, sgd.',
    );
    expect(problems[1]!.message).toContain('crossEntropy, squaredError');
    expect(problems[2]!.message).toContain('stays constant');
  });

  it('says which parameter is wrong, and offers the default as a change of the recipe', () => {
    const [found, ...others] = checkRecipe(recipe({ optimizer: { type: 'adam', params: { beta1: 2, beta2: 0.99 } } }));
    expect(others).toEqual([]);
    expect(found!.message).toMatch(/^Adam: β₁ can’t be 2/);
    expect(found!.params).toEqual(['optimizer.params.beta1']);
    const fixed = found!.fixes![0]!.recipe;
    expect(fixed).toEqual({ optimizer: { type: 'adam', params: { beta1: 0.9, beta2: 0.99 } } });
    expect(checkRecipe(recipe(fixed))).toEqual([]);
  });

  it('refuses a parameter that the part does not have', () => {
    expect(checkRecipe(recipe({ optimizer: { type: 'sgd', params: { momentum: 0.9 } } }))[0]!.message).toMatch(
      /^SGD: There is no parameter “momentum”/,
    );
  });

  it('refuses types with the names of what every object has', () => {
    expect(parseOptimizer({ type: 'constructor', params: {} }).ok).toBe(false);
  });

  it('holds the loss to the task, and offers one that fits', () => {
    const [found] = checkRecipe(recipe({ loss: 'crossEntropy' }), 'values');
    expect(found!.code).toBe('recipe.task');
    expect(found!.fixes!.map((fix) => fix.recipe)).toEqual([{ loss: 'squaredError' }]);
    expect(checkRecipe(recipe({ loss: 'squaredError' }), 'values')).toEqual([]);
    expect(checkRecipe(recipe({ loss: 'squaredError' }), 'classes')).toEqual([]);
  });

  it('names what this version does not perform, each once', () => {
    const named = notPerformed(
      recipe({
        schedule: { type: 'plateau', params: {} },
        augmentation: ['flip', 'crop', 'flip'].map((type) => ({ type, params: {} })),
      }),
    );
    expect(named).toHaveLength(3);
    expect(named.join()).toMatch(/plateau.*flip.*crop/);
  });
});
