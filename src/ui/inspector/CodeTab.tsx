import { Check, Copy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { lower } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { prettyJson } from '@/formats/reading/pretty';
import { Button } from '../components/Button';
import { bytes, plural } from '../components/format';
import { useApp, useCompilation } from '../useApp';
import { CodeView } from './CodeView';

/** Characters before a value is broken up; the panel is narrow. */
const lineWidth = 48;

/** The model topology as it will be exported. */
export function CodeTab() {
  const { view } = useApp();
  const { plan, problems } = useCompilation();
  if (plan) return <Topology plan={plan} />;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return (
    <div className="flex flex-col items-start gap-2.5 p-4 text-muted">
      <p>
        {errors > 0
          ? `The code appears when the network has no errors; there ${errors === 1 ? 'is' : 'are'} still ${errors}.`
          : 'The code appears when there is a network to write down.'}
      </p>
      {errors > 0 && (
        <Button onClick={() => view.getState().set({ dockTab: 'problems', dockOpen: true })}>
          Show {plural(errors, 'error')}
        </Button>
      )}
    </div>
  );
}

function Topology({ plan }: { readonly plan: Plan }) {
  const text = useMemo(() => prettyJson(lower(plan).topology, '', lineWidth), [plan]);
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied('yes'),
      () => setCopied('refused'),
    );
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-3.5">
      <div className="flex items-center justify-between gap-2">
        <p className="text-sm text-muted">
          Model topology, as tfjs and Keras read it: {plural(text.split('\n').length, 'line')}, {bytes(text.length)}.
        </p>
        <Button small onClick={() => void copy()} onBlur={() => setCopied('no')}>
          {copied === 'yes' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          <span role="status">{{ no: 'Copy', yes: 'Copied', refused: 'Copying was refused' }[copied]}</span>
        </Button>
      </div>
      <CodeView text={text} label="Model topology" />
    </div>
  );
}
