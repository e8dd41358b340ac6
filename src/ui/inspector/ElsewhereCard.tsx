import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { NodeReport } from '@/compiler/compilation';
import type { LayerDefinition } from '@/layers/define';
import { kerasText, torchText } from '@/layers/documentation';
import { Card } from '../components/Card';
import { IconButton } from '../components/IconButton';

interface Props {
  readonly definition: LayerDefinition;
  readonly report: NodeReport;
}

/** The layer as PyTorch and Keras write it, with the user's own numbers. */
export function ElsewhereCard({ definition, report: { params, inputs, outputs } }: Props) {
  const shapes = inputs.filter((shape) => shape !== null);
  // Markers have nothing to say elsewhere.
  if (!params || !outputs || shapes.length < inputs.length || definition.role !== 'layer') return null;
  const context = { inputs: shapes, outputs };
  const torch = definition.torch(params, context);
  const keras = definition.keras(params, context);
  return (
    <Card title="The same elsewhere">
      <Snippet name="PyTorch" text={torchText(torch, definition.outputs(params))} isCode={!('none' in torch)} />
      <Snippet name="Keras" text={kerasText(keras)} isCode={!('none' in keras)} />
    </Card>
  );
}

function Snippet({ name, text, isCode }: { readonly name: string; readonly text: string; readonly isCode: boolean }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="group/snippet mt-1.5 first-of-type:mt-0">
      <div className="flex items-center justify-between text-xs text-muted">
        {name}
        {isCode && (
          <IconButton
            label={copied ? 'Copied' : `Copy the ${name} code`}
            className="opacity-0 group-focus-within/snippet:opacity-100 group-hover/snippet:opacity-100"
            onBlur={() => setCopied(false)}
            onClick={() =>
              void navigator.clipboard.writeText(text).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {copied ? <Check size={12} aria-hidden /> : <Copy size={12} aria-hidden />}
          </IconButton>
        )}
      </div>
      {isCode ? (
        <pre className="mono text-xs leading-[1.7] break-words whitespace-pre-wrap">{text}</pre>
      ) : (
        <p className="text-xs text-muted">{text}</p>
      )}
    </div>
  );
}
