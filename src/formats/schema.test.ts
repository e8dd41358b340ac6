import { expect, it } from 'vitest';
import { prettyJson } from './reading/pretty';
import { documentJsonSchema } from './schema';

it('publishes the schema of documents; `npx vitest run -u src/formats/schema` renews it', async () => {
  await expect(`${prettyJson(documentJsonSchema())}\n`).toMatchFileSnapshot('../../public/layerloom.schema.json');
});
