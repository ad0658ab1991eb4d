/** The whole filtered result as CSV or a workbook: streamed on one snapshot, in constant memory, only as fast as it is read. */
import { PassThrough, Readable } from 'node:stream';
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Column } from '../../../projections/kernel/table.ts';
import type { Export } from '../../application/ports/queries.ts';
import type { Database, Session } from '../postgres/database.ts';
import { assertMay, onSnapshot, readAsOf } from './snapshot.ts';
import { guarded } from './spreadsheet-guard.ts';
import { eventForm } from './sql-text.ts';
import { type Asking, wholeText } from './statements.ts';
import { columnOf } from './words.ts';
import { workbookBytes, xlsxType } from './xlsx.ts';

const csvType = 'text/csv; charset=utf-8; header=present';
const rowsPerFetch = 2000;

/** A cell of a CSV file: numbers, dates and truth values as they are, everything a person may have written guarded. */
const csvForm = (column: Column, reference: string): string => {
  switch (column.kind) {
    case 'text':
      return guarded(reference);
    case 'json':
      return guarded(`${reference}::text`);
    case 'textArray':
    case 'uuidArray':
      return guarded(`array_to_string(${reference}, '; ')`);
    case 'uuid':
    case 'integer':
    case 'bigint':
    case 'numeric':
    case 'double':
    case 'boolean':
    case 'date':
    case 'instant':
      return eventForm(column, reference);
    default:
      return column.kind satisfies never;
  }
};

const formOf =
  (definition: QueryDefinition, form: (column: Column, reference: string) => string) =>
  (name: string, reference: string): string =>
    form(columnOf(definition, name), reference);

const csvBytes = (session: Session, asking: Asking): Readable =>
  session.copyOut(`copy (${wholeText(asking, formOf(asking.definition, csvForm))}) to stdout with (format csv, header)`);

async function* fetched(session: Session, names: readonly string[], gone: AbortSignal): AsyncGenerator<readonly (readonly unknown[])[]> {
  while (!gone.aborted) {
    const rows = await session.rows<Record<string, unknown>>(`fetch ${rowsPerFetch} from whole`);
    if (rows.length > 0) yield rows.map((row) => names.map((name) => row[name]));
    if (rows.length < rowsPerFetch) return;
  }
}

const xlsxBytes = async (session: Session, asking: Asking, gone: AbortSignal): Promise<Readable> => {
  const { definition, request } = asking;
  await session.rows(`declare whole no scroll cursor for ${wholeText(asking, formOf(definition, eventForm))}`);
  const headings = request.fields.map((name) => ({ name, kind: columnOf(definition, name).kind }));
  return Readable.from(workbookBytes({ title: definition.name, headings, batches: fetched(session, request.fields, gone) }), { objectMode: false });
};

/** Ends what the database still does for a reader that has gone; it would only notice at its next byte. */
const cancel = (database: Database, asking: Asking, backend: string): Promise<unknown> =>
  // Where this fails too, the time limit of exports ends it.
  database.as(asking.caller, (session) => session.rows('select pg_cancel_backend($1::integer)', [backend])).catch(() => undefined);

/** The backend's number. There are few exports at a time, so each may sort in more memory than a query. */
const prepare = async (session: Session): Promise<string> => {
  const [row] = await session.rows<{ pid: string }>(`select pg_backend_pid()::text as pid, set_config('work_mem', '64MB', true)`);
  return row?.pid ?? '0';
};

/**
 * Hands the bytes on as fast as they are taken. Where the taker goes, what is left is thrown away but still read: the connection
 * cannot say anything else before the statement's own end.
 */
const pour = (bytes: Readable, body: PassThrough, stop: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let isGone = false;
    bytes.on('data', (chunk: Buffer) => {
      if (!isGone && !body.write(chunk)) bytes.pause();
    });
    body.on('drain', () => bytes.resume());
    body.once('close', () => {
      if (body.writableEnded) return;
      isGone = true;
      stop();
      bytes.resume();
    });
    bytes.once('error', reject);
    bytes.once('end', () => {
      body.end();
      resolve();
    });
  });

/**
 * Resolves when the snapshot stands and the first byte may be read. The connection is held until the last byte was handed on;
 * destroying `body` cancels the statement. A failure on the way destroys `body` with it, so that a cut result never looks whole.
 */
export const exportWhole = (database: Database, asking: Asking, format: 'csv' | 'xlsx'): Promise<Export> => {
  assertMay(asking.definition, asking.caller);
  return new Promise<Export>((resolve, reject) => {
    const body = new PassThrough();
    const work = async (session: Session): Promise<void> => {
      const asOf = await readAsOf(session, asking.definition.projection);
      const backend = await prepare(session);
      const gone = new AbortController();
      const bytes = format === 'csv' ? csvBytes(session, asking) : await xlsxBytes(session, asking, gone.signal);
      resolve({ body, asOf, contentType: format === 'csv' ? csvType : xlsxType });
      let cancelling: Promise<unknown> | undefined;
      const stop = (): void => {
        gone.abort();
        cancelling = cancel(database, asking, backend);
      };
      // The connection stays ours until the cancelling is through, so that it cannot meet somebody else's statement.
      await pour(bytes, body, stop).finally(() => cancelling);
    };
    onSnapshot(database, asking.caller, work, { purpose: 'export' }).catch((error: unknown) => {
      body.destroy(error instanceof Error ? error : new Error('the export failed', { cause: error }));
      reject(error);
    });
  });
};
