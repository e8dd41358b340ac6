import type { ReactNode } from 'react';
import { documentSchema } from '@/graph/document';
import { findDataset } from '@/datasets/registry';
import { recipeSchema, type Recipe } from '@/recipe/recipe';
import { losses, optimizers, schedules } from '@/recipe/registry';
import { Section } from '../components/Card';
import { Field, type FieldIds } from '../components/Field';
import { NumberField } from '../components/NumberField';
import { rulesOf } from '../components/numbers';
import { Select } from '../components/Select';
import { Switch } from '../components/Switch';
import { useApp, useDocument } from '../useApp';
import { ParamForm } from './ParamForm';

const rules = {
  learningRate: rulesOf(recipeSchema.shape.learningRate),
  batchSize: rulesOf(recipeSchema.shape.batchSize),
  epochs: rulesOf(recipeSchema.shape.epochs),
  validation: rulesOf(recipeSchema.shape.validation),
  weightDecay: rulesOf(recipeSchema.shape.weightDecay),
  clipNorm: rulesOf(recipeSchema.shape.clipNorm),
} as const;
const seedRules = rulesOf(documentSchema.shape.seed);

const inputScalings: readonly { readonly value: Recipe['inputs']; readonly label: string; readonly note: string }[] = [
  { value: 'raw', label: 'As stored', note: 'Bytes stay 0 … 255' },
  { value: 'unit', label: 'Natural range', note: 'Bytes become 0 … 1' },
  { value: 'standardised', label: 'Standardised', note: 'Zero mean and unit variance per feature or channel' },
];

/** How the network is trained. */
export function RecipeSection() {
  const { documents } = useApp();
  const recipe = useDocument((state) => state.document.recipe);
  const seed = useDocument((state) => state.document.seed);
  const strict = useDocument((state) => state.document.strict);
  const dataset = useDocument((state) => state.document.dataset);
  const optimizer = optimizers.get(recipe.optimizer.type);
  const schedule = schedules.get(recipe.schedule.type);
  const loss = losses.get(recipe.loss);
  const task = dataset === null ? undefined : findDataset(dataset)?.task.kind;

  const set = (label: string, values: Partial<Recipe>, mark?: string) =>
    documents
      .getState()
      .edit(label, [{ kind: 'setRecipe', recipe: values }], { mark: mark && `recipe ${label} ${mark}` });
  const setDocument = (label: string, values: { readonly seed?: number; readonly strict?: boolean }, mark?: string) =>
    documents.getState().edit(label, [{ kind: 'setDocument', values }], { mark });

  const number = (name: keyof typeof rules, label: string, hint?: string) => (
    <Field label={label} hint={hint}>
      {({ id, describedBy }) => (
        <NumberField
          {...rules[name]}
          id={id}
          describedBy={describedBy}
          value={recipe[name]}
          onChange={(value, mark) => set(label.toLowerCase(), { [name]: value }, mark)}
        />
      )}
    </Field>
  );
  const toggle = (label: string, value: boolean, onChange: (on: boolean) => void, hint?: ReactNode) => (
    <Field label={label} hint={hint}>
      {({ id, describedBy }: FieldIds) => (
        <Switch id={id} value={value} describedBy={describedBy} onChange={onChange} />
      )}
    </Field>
  );

  const chooseOptimizer = (type: string) => {
    const chosen = optimizers.get(type);
    const atDefault = optimizer?.defaultLearningRate === recipe.learningRate;
    set('optimizer', {
      optimizer: { type, params: {} },
      ...(chosen && atDefault && { learningRate: chosen.defaultLearningRate }),
    });
  };

  return (
    <Section title="Recipe">
      <div>
        <Field label="Optimizer" hint={optimizer?.summary}>
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={recipe.optimizer.type}
              options={[...optimizers.values()].map(({ type, title }) => ({ value: type, label: title }))}
              onChange={chooseOptimizer}
            />
          )}
        </Field>
        {number('learningRate', 'Learning rate')}
        {optimizer && (
          <ParamForm
            name={optimizer.type}
            defs={optimizer.params}
            values={recipe.optimizer.params}
            onChange={(label, params, mark) =>
              set(
                label,
                { optimizer: { ...recipe.optimizer, params: { ...recipe.optimizer.params, ...params } } },
                mark,
              )
            }
          />
        )}
        <Field label="Schedule">
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={recipe.schedule.type}
              options={[...schedules.values()].map(({ type, title }) => ({ value: type, label: title }))}
              onChange={(type) => set('schedule', { schedule: { type, params: {} } })}
            />
          )}
        </Field>
        {schedule && (
          <ParamForm
            name={schedule.type}
            defs={schedule.params}
            values={recipe.schedule.params}
            onChange={(label, params, mark) =>
              set(label, { schedule: { ...recipe.schedule, params: { ...recipe.schedule.params, ...params } } }, mark)
            }
          />
        )}
        <Field label="Loss" hint={loss && <span className="mono">{loss.formula}</span>}>
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={recipe.loss}
              options={[...losses.values()]
                .filter((option) => task === undefined || option.tasks.includes(task) || option.type === recipe.loss)
                .map(({ type, title, summary }) => ({ value: type, label: title, note: summary }))}
              onChange={(type) => set('loss', { loss: type })}
            />
          )}
        </Field>
        {number('batchSize', 'Batch size')}
        {number('epochs', 'Epochs')}
        {number('validation', 'Validation', 'Share of the training examples set aside to check on.')}
        {toggle('Shuffle', recipe.shuffle, (shuffle) => set('shuffle', { shuffle }), 'A new order every epoch.')}
        <Field label="Inputs">
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={recipe.inputs}
              options={inputScalings}
              onChange={(inputs) => set('input scaling', { inputs })}
            />
          )}
        </Field>
        {number('weightDecay', 'Weight decay')}
        {toggle('Clip gradients', recipe.clipNorm !== null, (on) => set('clipping', { clipNorm: on ? 1 : null }))}
        {recipe.clipNorm !== null && number('clipNorm', 'Largest norm', 'Of all gradients together.')}
        <Field label="Seed" hint="Same seed, same backend: same numbers.">
          {({ id, describedBy }) => (
            <NumberField
              {...seedRules}
              id={id}
              describedBy={describedBy}
              value={seed}
              onChange={(value, mark) => setDocument('seed', { seed: value }, `seed ${mark}`)}
            />
          )}
        </Field>
        {toggle(
          'Strict mode',
          strict,
          (on) => setDocument('strict mode', { strict: on }),
          'A stride that does not divide is an error, as the course teaches, instead of a warning.',
        )}
      </div>
    </Section>
  );
}
