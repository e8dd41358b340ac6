import type { Plan } from '@/compiler/plan';
import { formatShape, withoutBatch } from '@/core/shape';
import type { DatasetDefinition } from '@/datasets/define';
import { preparationText, type Preparation } from './preparation';

interface About {
  readonly plan: Plan;
  readonly dataset: DatasetDefinition | undefined;
  readonly preparation: Preparation;
  readonly trained: boolean;
  /** Name of the file that registers layers which tfjs lacks. */
  readonly script: string | null;
}

/** What someone needs who finds the archive and has never heard of Layerloom. */
export function readmeText({ plan, dataset, preparation, trained, script }: About): string {
  const title = plan.name || 'Untitled network';
  const inputs = plan.inputs.map((i) => plan.layers[i]!.outputs[0] ?? []);
  const zeros = inputs.map((shape) => `tf.zeros([1, ${withoutBatch(shape).join(', ')}])`);
  const outputs = plan.outputs.map((i) => formatShape(plan.layers[i]!.outputs[0] ?? []));
  const names = dataset?.task.kind === 'classes' ? dataset.task.names : [];
  const state = trained ? 'trained' : 'not trained: loading it draws new initial weights';
  return `${title}
${'='.repeat(Math.min(title.length, 72))}

A neural network in the TensorFlow.js layers format, written by Layerloom.
${plan.totals.params.toLocaleString('en')} parameters, ${state}.

Load it in a page, with the files of this archive unpacked beside it:

  <script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4"></script>
${script ? `  <script src="${script}"></script>
` : ''}  <script type="module">
    const model = await tf.loadLayersModel('model.json');
    model.predict(${zeros.length === 1 ? zeros[0] : `[${zeros.join(', ')}]`}).print();
  </script>

Inputs   ${inputs
    .map((shape) => `[batch, ${withoutBatch(shape).join(', ')}]`)
    .join(' and ' + '')}, 32-bit floats, channels last
         ${dataset ? `${dataset.title}, ` : ''}${preparationText(preparation)}
Outputs  ${outputs.join(' and ')} for each example
${names.map((name, i) => `         ${String(i).padStart(3)}  ${name}\n`).join('')}
Files    model.json       the layers, and which weights lie where
${script ? `         ${script}
                          the layers that tfjs lacks; where tfjs is a module: layerloomLayers.register(tf)
` : ''}         group1-shard*    the weights, 32-bit floats, little endian
         layerloom.json   the drawing: drop this archive onto Layerloom to go on
`;
}
