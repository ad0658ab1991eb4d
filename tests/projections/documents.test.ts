import { describe, expect, test } from '@jest/globals';
import { documents } from '../../projections/documents/projection.ts';
import type { Attachment } from '../../src/domain/attachment/state.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { type History, historyOf, type Move } from './decided.ts';

const names = ['one', 'two'] as const;
const file = { name: 'policy.pdf', declaredType: 'application/pdf', declaredSizeBytes: 10 } as const;
const n = fc.nat({ max: 2 });
const to = (type: string, data: (chosen: number, state: Attachment, name: string) => Readonly<Record<string, unknown>>): fc.Arbitrary<Move> =>
  fc.tuple(fc.constantFrom(...names), n).map(([name, chosen]) => (history) => ({
    category: 'attachment',
    target: id(name),
    type,
    data: data(chosen, history.state<Attachment>('attachment', id(name)), name),
  }));
const pending = (state: Attachment): string => (state.situation === 'present' ? (state.pending?.uploadId ?? id('none')) : id('none'));
const content = (chosen: number, state: Attachment) => ({
  uploadId: pending(state),
  sizeBytes: 10,
  sha256: `${chosen}`.repeat(64),
  mimeType: 'application/pdf',
  storageKey: `${pending(state)}/${chosen}`,
});
const target = (chosen: number) => ({ category: 'agreement', targetId: id(`agreement ${chosen}`) });
const often = (weight: number, arbitrary: fc.Arbitrary<Move>) => ({ weight, arbitrary });
const move = fc.oneof(
  often(
    4,
    to('BeginUpload', (_chosen, _state, name) => ({ customerId: id(`customer of ${name}`), documentCategory: 'insurance', ...file })),
  ),
  often(4, to('StoreUpload', content)),
  to('RejectUpload', (_chosen, state) => ({ uploadId: pending(state), reason: 'otherType', message: 'It is no PDF.' })),
  often(
    2,
    to('BeginVersion', (chosen) => ({ ...file, name: `version ${chosen}` })),
  ),
  often(2, to('LinkAttachment', target)),
  often(2, to('UnlinkAttachment', target)),
  to('RetainAttachment', (chosen) => ({ until: `2026-0${chosen + 1}-15`, reason: 'x' })),
  to('SetAttachmentExpiry', (chosen) => ({ expiresOn: `2026-0${chosen + 1}-20` })),
  to('ClearAttachmentExpiry', () => ({})),
  to('ExpireAttachment', (chosen) => ({ expiresOn: `2026-0${chosen + 1}-20` })),
  to('SetAttachmentMetadata', (chosen) => ({ metadata: { page: chosen } })),
  to('RemoveAttachment', () => ({ reason: 'a mistake' })),
  to('RecordContentDeleted', () => ({})),
);
const histories = fc.array(move, { maxLength: 40, size: 'max' }).map((moves) => historyOf(moves));

type Row = Readonly<Record<string, unknown>>;
const rowsOf = async (history: History): Promise<Readonly<Record<string, readonly Row[]>>> => {
  const { events } = await logOf(history.steps);
  return Object.fromEntries(Object.entries(foldWhole(documents, events)).map(([table, rows]) => [table, rows.map((row): Row => JSON.parse(row))]));
};

describe('the documents’ read model', () => {
  test('ES-3 is the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: documents, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('ES-10 holds what the attachments hold: versions with their hashes, links counted once, expiry and retention', async () => {
    let versions = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const name of names) {
          const state = history.state<Attachment>('attachment', id(name));
          const of = (table: string) => (rows[table] ?? []).filter((row) => row['attachment_id'] === id(name));
          if (state.situation === 'absent') {
            expect(of('attachment')).toEqual([]);
            continue;
          }
          const [row] = of('attachment');
          expect(row?.['customer_id']).toBe(id(`customer of ${name}`));
          if (state.situation === 'removed') {
            expect(row).toMatchObject({ status: 'removed', url: null });
            expect(of('version')).toEqual([]);
            expect(of('file').every((each) => each['status'] === (state.isContentDeleted ? 'deleted' : 'stored'))).toBe(true);
            continue;
          }
          const last = state.versions.at(-1);
          expect(row).toMatchObject({
            version: state.versions.length,
            sha256: last?.sha256 ?? null,
            link_count: state.links.length,
            expiration_date: state.expiresOn,
            is_expired: state.isExpired,
            retained_until: state.retainedUntil,
            url: last === undefined ? null : `/files/${id(name)}`,
          });
          expect(
            of('version')
              .map((each) => [each['version'], each['sha256']])
              .sort(),
          ).toEqual(state.versions.map((each) => [each.version, each.sha256]).sort());
          expect(
            of('file')
              .map((each) => each['storage_key'])
              .sort(),
          ).toEqual(state.versions.map((each) => each.storageKey).sort());
          expect(of('link')).toHaveLength(state.links.length);
          versions += state.versions.length;
        }
      }),
      { numRuns: 120 },
    );
    expect(versions).toBeGreaterThan(50);
  });

  test('TE-2 keys of the blob store are shown to the company only', () => {
    expect(documents.tables['file']?.scope).toBe('company');
    const columns = Object.values(documents.tables)
      .filter(({ scope }) => scope === 'tenant')
      .flatMap((table) => Object.keys(table.columns));
    expect(columns).not.toContain('storage_key');
  });
});
