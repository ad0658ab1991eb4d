/** What a failure of the driver means for the caller. */
import { DatabaseUnavailable, QueryTooSlow } from '../../application/ports/read-models.ts';
import { codeOf, messageOf } from '../failure.ts';

/** Codes of the operating system and the resolver for a server that cannot be reached or went away. */
const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);
/** SQLSTATE: shutting down, starting up, too many connections; class 08 and crashes are matched by prefix. */
const away = new Set(['57P01', '57P02', '57P03', '57P05', '53300']);
/** What `pg` says without a code, when a connection ends under a query or none becomes free. */
const driverSentences =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|pool after calling end/;
const statementTimeout = '57014';

/** True for failures of the connection, not of the statement: the same work may succeed later. */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = codeOf(error) ?? '';
  return unreachable.has(code) || away.has(code) || /^08/.test(code) || driverSentences.test(messageOf(error));
}

/** The error to throw on: `DatabaseUnavailable`, `QueryTooSlow`, or the driver's own. */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || error instanceof QueryTooSlow) return error;
  if (isConnectionFailure(error)) return new DatabaseUnavailable('the database cannot be reached', { cause: error });
  if (codeOf(error) === statementTimeout) return new QueryTooSlow('a query ran into its time limit', { cause: error });
  return error;
}

/** Two transactions in each other's way: the same one may simply be tried again. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01' || code === '55P03';
}

/** What went wrong, in words fit for logs and status pages: a message of the server about rows carries values of rows, so only its code and names are told. */
export function tellable(error: unknown): string {
  if (!(typeof error === 'object' && error !== null && 'severity' in error)) return messageOf(error);
  const names = ['table', 'column', 'constraint', 'dataType'].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? [`${key} ${value}`] : [];
  });
  return [`the database refused it (SQLSTATE ${codeOf(error) ?? 'unknown'})`, ...names].join(', ');
}
