import { defaults, type AnyParams, type Param, parseParams } from '@/core/params';
import { elements, formatShape, type Shape } from '@/core/shape';
import type { Formula, LayerCase, LayerDefinition } from './define';
import type { KerasCode, NoEquivalent, TorchCode } from './emit';
import { families } from './families';

/** What a parameter may be, in words: `whole number, at least 1`. */
function rangeText(param: Param): string {
  switch (param.kind) {
    case 'int':
      return `whole number${boundsText(param)}`;
    case 'float':
      return `number${boundsText(param)}`;
    case 'bool':
      return 'yes or no';
    case 'choice':
      return param.options.map(({ value }) => code(value)).join(', ');
    case 'axes':
      return `${param.rank === 1 ? 'whole number' : `${param.rank} whole numbers`}${boundsText(param)}`;
    case 'padding': {
      const named = ['`"valid"`', '`"same"`', ...(param.causal ? ['`"causal"`'] : [])];
      return [...named, ...(param.numeric ? ['numbers before and after, per axis'] : [])].join(', ');
    }
    case 'sizes': {
      if (param.entry) return `whole numbers from 1 on, one per ${param.entry}`;
      return param.rest ? 'sizes of an example, one of them −1 at most' : 'sizes of an example';
    }
    case 'initializer':
      return 'an initialiser';
    case 'word':
      return 'a word';
    case 'loss':
      return '`"recipe"` or a loss';
  }
}

function boundsText({ min, max }: { readonly min?: number; readonly max?: number }): string {
  const bounds = [...(min === undefined ? [] : [`from ${min}`]), ...(max === undefined ? [] : [`to ${max.toLocaleString('en')}`])];
  return bounds.length > 0 ? ` ${bounds.join(' ')}` : '';
}

const code = (value: unknown) => `\`${JSON.stringify(value)}\``;
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

const shapesText = (shapes: readonly Shape[]) => shapes.map(formatShape).join(' and ') || 'nothing';

const formulaText = ({ title, lines }: Formula): string => {
  const text = lines.map((line) => line.map((term) => (typeof term === 'string' ? term : term.text)).join(''));
  return `${title}:\n\n${fence('text', text.join('\n'))}`;
};

/** The layer and its call as a PyTorch user writes them. */
export function torchText(found: TorchCode | NoEquivalent, outputs: readonly string[]): string {
  if ('none' in found) return found.none;
  const y = outputs.length === 1 ? 'y' : outputs.map((name) => name.replaceAll(' ', '_')).join(', ');
  const layout = found.layout === 'first' ? '' : '  # channels last';
  return found.module === null ? `${y} = ${found.call}${layout}` : `m = ${found.module}\n${y} = ${found.call}${layout}`;
}

export const kerasText = (found: KerasCode | NoEquivalent): string => ('none' in found ? found.none : `y = ${found.call}`);

const codeBlock = (found: TorchCode | KerasCode | NoEquivalent, text: string) =>
  'none' in found ? text : fence('python', text);

/** The first case that is told at length, its parameters filled in. */
function exampleOf({ params: defs, cases }: LayerDefinition): { readonly params: AnyParams; readonly it: LayerCase<AnyParams> } | null {
  const [it] = cases;
  if (!it) return null;
  const parsed = parseParams(defs, { ...defaults(defs), ...it.params });
  return parsed.ok ? { params: parsed.value, it } : null;
}

function weightsText(definition: LayerDefinition, inputs: readonly Shape[], params: AnyParams): string {
  const specs = Object.entries(definition.weights(inputs, params));
  if (specs.length === 0) return 'None.';
  return table(
    ['weight', 'shape', 'initialiser', 'trained'],
    specs.map(([name, spec]) => [
      `\`${name}\``,
      spec.shape.join('×') || '1',
      typeof spec.initializer === 'string' ? spec.initializer : JSON.stringify(spec.initializer),
      spec.trainable ? 'yes' : 'no',
    ]),
  );
}

function casesText(definition: LayerDefinition): string {
  return table(
    ['parameters', 'in', 'out', 'weights'],
    definition.cases.map((it) => [
      it.params && Object.keys(it.params).length > 0 ? code(it.params) : 'as they are',
      shapesText(it.in),
      shapesText(it.out),
      it.weights.toLocaleString('en'),
    ]),
  );
}

/**
 * A layer's page, in Markdown: everything from its definition. The example is its first case.
 */
export function layerPage(definition: LayerDefinition): string {
  const { title, type, summary, reference, params: defs } = definition;
  const family = families.find(({ id }) => id === definition.family)?.title ?? definition.family;
  const example = exampleOf(definition);
  const sections = [`# ${title}`, summary, `${family} · type \`${type}\`${reference ? ` · ${reference}` : ''}`];
  if (example) {
    const { params, it } = example;
    const context = { inputs: it.in, outputs: it.out };
    const torch = definition.torch(params, context);
    const keras = definition.keras(params, context);
    const given = it.params && Object.keys(it.params).length > 0 ? ` with ${code(it.params)}` : '';
    sections.push(
      `## Example\n\n${shapesText(it.in)} → ${shapesText(it.out)}${given}.`,
      ...definition.formula(it.in, it.out, params).map(formulaText),
      ...definition.compare(it.in, it.out, params).map(
        ({ title: name, rows, reference: from }) =>
          `${name}${from ? ` (${from})` : ''}:\n\n` +
          table(['', ''], rows.map(({ label, value }) => [label, value.toLocaleString('en')])),
      ),
    );
    sections.push(parametersText(defs));
    sections.push(`## Weights\n\n${weightsText(definition, it.in, params)}`);
    const count = it.weights.toLocaleString('en');
    const macs = definition.macs(it.in, it.out, params).toLocaleString('en');
    const numbers = it.out.reduce((sum, shape) => sum + elements(shape), 0).toLocaleString('en');
    sections.push(
      `## Cost of the example\n\n${count} parameters, ${macs} multiply-adds, ${numbers} output numbers for one example.`,
      `## In PyTorch\n\n${codeBlock(torch, torchText(torch, definition.outputs(params)))}`,
      `## In Keras\n\n${codeBlock(keras, kerasText(keras))}`,
      `## Shapes\n\n${casesText(definition)}`,
    );
  }
  return `${sections.join('\n\n')}\n`;
}

function parametersText(defs: LayerDefinition['params']): string {
  const rows = Object.entries(defs).map(([name, param]) => [
    `${param.label}<br>\`${name}\``,
    rangeText(param),
    code(param.default),
    param.hint ?? '',
  ]);
  return `## Parameters\n\n${rows.length > 0 ? table(['parameter', 'may be', 'default', ''], rows) : 'None.'}`;
}

/** The page that lists all layers by family. */
export function layersIndex(all: readonly LayerDefinition[]): string {
  const sections = families.flatMap(({ id, title }) => {
    const own = all.filter(({ family }) => family === id);
    if (own.length === 0) return [];
    const rows = own.map(({ title: name, type, summary }) => [`[${name}](${type}.md)`, summary]);
    return [`## ${title}\n\n${table(['layer', 'what it does'], rows)}`];
  });
  const intro =
    'A page for each layer, made from its definition by `npm run docs`: what it computes, its shapes, parameters and ' +
    'cost, and the same in PyTorch and Keras.';
  return `# Layers\n\n${intro}\n\n${sections.join('\n\n')}\n`;
}
