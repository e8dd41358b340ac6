import { z } from 'zod';
import { documentSchema } from '@/graph/document';

/** JSON Schema (draft 2020-12) of documents as files have them: fields with defaults may be left out. */
export function documentJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(documentSchema, { io: 'input' });
  return {
    ...schema,
    title: 'Layerloom document',
    description: 'A neural network as drawn, with its training recipe.',
  };
}
