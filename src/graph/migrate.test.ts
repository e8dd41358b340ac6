import { describe, expect, it } from 'vitest';
import { documentVersion, migrate, migrations } from './migrate';

describe('migrations of documents', () => {
  it('runs every step between the file’s version and the present one, in order', () => {
    const steps = {
      2: (raw: Readonly<Record<string, unknown>>) => ({ ...raw, title: raw.name, name: undefined }),
      3: (raw: Readonly<Record<string, unknown>>) => ({ ...raw, title: `${String(raw.title)}!` }),
    };
    const brought = migrate({ version: 1, name: 'net' }, steps, 3);
    expect(brought).toEqual({ ok: true, value: { version: 3, title: 'net!', name: undefined } });
    expect(migrate({ version: 2, title: 'net' }, steps, 3)).toEqual({ ok: true, value: { version: 3, title: 'net!' } });
  });

  it('leaves a document of the present version as it is', () => {
    const raw = { version: documentVersion, anything: [1] };
    expect(migrate(raw)).toEqual({ ok: true, value: raw });
  });

  it('has a step to every version after the first', () => {
    for (let version = 2; version <= documentVersion; version += 1) expect(migrations[version]).toBeTypeOf('function');
  });

  it('refuses newer documents and versions that are none', () => {
    expect(migrate({ version: 99 })).toMatchObject({ ok: false, error: { code: 'document.newer', got: '99' } });
    for (const version of [0, -1, 1.5, '1', null, undefined, Number.NaN]) {
      expect(migrate({ version })).toMatchObject({ ok: false, error: { code: 'document.version' } });
    }
  });
});
