import type { DatasetDefinition } from '@/datasets/define';
import { datasets, findDataset } from '@/datasets/registry';
import { Section } from '../components/Card';
import { Field } from '../components/Field';
import { bytes, count, plural } from '../components/format';
import { KeyValue } from '../components/KeyValue';
import { Select } from '../components/Select';
import { useApp, useDocument } from '../useApp';

/** What the network learns from. */
export function DataSection() {
  const { documents } = useApp();
  const id = useDocument((state) => state.document.dataset);
  const dataset = id === null ? undefined : findDataset(id);
  return (
    <Section title="Data">
      <Field label="Dataset">
        {({ id: controlId, describedBy }) => (
          <Select
            id={controlId}
            describedBy={describedBy}
            value={id ?? ''}
            placeholder="Choose a dataset …"
            options={[...datasets.values()].map((option) => ({
              value: option.id,
              label: option.title,
              note: `${option.input.join('×')} · ${count(option.counts.train)} examples · ${download(option)}`,
            }))}
            onChange={(chosen) =>
              documents.getState().edit('dataset', [{ kind: 'setDocument', values: { dataset: chosen } }])
            }
          />
        )}
      </Field>
      {id !== null && !dataset && (
        <p className="text-sm text-warn">This version has no dataset called “{id}”. Choose another one to train.</p>
      )}
      {dataset && <DatasetFacts dataset={dataset} />}
    </Section>
  );
}

const download = ({ bytes: size }: DatasetDefinition) => (size === 0 ? 'no download' : bytes(size));

function DatasetFacts({ dataset }: { readonly dataset: DatasetDefinition }) {
  const { task, counts, input, features } = dataset;
  return (
    <>
      <p className="text-sm text-muted">{dataset.summary}</p>
      <KeyValue
        rows={[
          ['one example', features ? features.join(', ') : input.join('×')],
          ['training', count(counts.train)],
          ['test', count(counts.test)],
          ['download', dataset.bytes === 0 ? 'none' : bytes(dataset.bytes)],
        ]}
      />
      <details className="text-sm">
        <summary className="cursor-pointer text-muted hover:text-ink">
          {task.kind === 'classes' ? plural(task.names.length, 'class', 'classes') : plural(task.names.length, 'value')}
          , licence and origin
        </summary>
        <p className="mt-1.5">{task.names.join(', ')}</p>
        <p className="mt-1.5 text-xs text-muted">Licence: {dataset.licence}</p>
        <p className="mt-1 text-xs text-muted">{dataset.origin}</p>
      </details>
    </>
  );
}
