import { evaluate, type Names } from '@/core/expression';
import type { GraphNode } from '@/graph/document';
import { Field } from '../components/Field';
import { TextField } from '../components/TextField';
import { useApp } from '../useApp';

/** On what condition a layer of a block is there. */
export function WhenField({ node, names }: { readonly node: GraphNode; readonly names: Names }) {
  const { documents } = useApp();
  const there = node.when === undefined ? null : evaluate(node.when, names);
  const hint = there?.ok && there.value === false ? 'Not here: it is skipped, and its input goes on.' : undefined;
  return (
    <Field label="Only if" hint={hint}>
      {({ id, describedBy }) => (
        <TextField
          id={id}
          describedBy={describedBy}
          value={node.when ?? ''}
          check={(text) => {
            if (text.trim() === '') return null;
            const found = evaluate(text, names);
            if (!found.ok) return `${found.error}.`;
            return typeof found.value === 'boolean' ? null : `It comes to ${found.value}; a comparison, as i == 0, is needed.`;
          }}
          onChange={(text, mark) =>
            documents
              .getState()
              .edit(`condition of ${node.name}`, [{ kind: 'setWhen', node: node.id, when: text.trim() === '' ? null : text }], {
                mark: `${node.id} ${mark}`,
              })
          }
        />
      )}
    </Field>
  );
}
