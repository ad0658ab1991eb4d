/** `POST /public/breakdowns` and `POST /public/system-cases`: reports without a token. Every well-formed one is answered alike. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Breakdown, PublicReports, Reported, SystemCase } from '../../../application/public-reports.ts';
import type { TSchema } from '../../../domain/kernel/schema.ts';
import { problemOfFailure } from '../failures.ts';
import { readJson } from '../middleware/body.ts';
import { sendJson } from '../middleware/exchange.ts';
import type { HttpParts } from '../parts.ts';
import { correlationOf, type Problem, problem, sendProblem } from '../problems.ts';
import type { PublicLimits } from './public-limits.ts';
import { breakdownSchema, systemCaseSchema } from './report-schemas.ts';

type Reports = Pick<PublicReports, 'breakdown' | 'systemCase'>;
type Asked = Parameters<Reports['breakdown']>[1];
/** One kind of report. `T` is what its schema describes. */
type Kind<T> = {
  readonly schema: TSchema;
  readonly unitOf: (report: T) => string | undefined;
  readonly take: (report: T, asked: Asked) => Promise<Reported>;
};
type Around = { readonly parts: HttpParts; readonly limits: PublicLimits };

const keyForm = /^[\x20-\x7e]{1,255}$/;
/** The client's own key where it sent one; else every report is one of its own. */
const keyOf = ({ headers }: Request, newId: () => string): string | undefined => {
  const sent = headers['idempotency-key'];
  if (sent === undefined) return newId();
  return typeof sent === 'string' && keyForm.test(sent) ? `key ${sent}` : undefined;
};

const busy = problem('overloaded', 'The report could not be stored just now. Send it again.', { headers: { 'Retry-After': '1' } });

/** The problem, or the reference of what was stored. */
const taken = async <T>(request: Request, response: Response, { kind, parts, limits }: Around & { readonly kind: Kind<T> }): Promise<Problem | string> => {
  const limited = await limits.countAddress(request.ip ?? 'unknown', response);
  if (limited !== undefined) return limited;
  const key = keyOf(request, parts.newId);
  if (key === undefined) return problem('bad-request', 'The Idempotency-Key must have 1 to 255 printable ASCII characters.');
  const read = await readJson(request, { validation: parts.validation, limits: { ...parts.limits, bodyBytesMax: parts.limits.publicBodyBytesMax } });
  if (!read.ok) return read.problem;
  const errors = parts.validation.errorsOf(kind.schema, read.value);
  if (errors.length > 0) return problem('invalid', `${errors.length} field(s) of the body are not right.`, { errors });
  // The boundary: the schema has held.
  const report = read.value as T;
  const tooMany = await limits.countReport(kind.unitOf(report), response);
  if (tooMany !== undefined) return tooMany;
  const reported = await kind.take(report, { key, correlationId: correlationOf(response) });
  return reported === 'busy' ? busy : reported.reference;
};

const endpoint =
  <T>(around: Around, kind: Kind<T>): RequestHandler =>
  async (request, response) => {
    const { parts } = around;
    const notBefore = performance.now() + parts.limits.publicAnswerMsMin;
    try {
      const outcome = await taken(request, response, { ...around, kind });
      if (typeof outcome !== 'string') return sendProblem(request, response, outcome);
      // What becomes a request takes longer than what becomes a case: the answers leave after the same time.
      await delay(Math.max(0, notBefore - performance.now()));
      return sendJson(response, 202, { reference: outcome });
    } catch (error) {
      return sendProblem(request, response, problemOfFailure(error, parts.logger, correlationOf(response)));
    }
  };

export const breakdownEndpoint = (around: Around, reports: Reports): RequestHandler =>
  endpoint<Breakdown>(around, { schema: breakdownSchema, unitOf: ({ unit }) => unit, take: (report, asked) => reports.breakdown(report, asked) });

export const systemCaseEndpoint = (around: Around, reports: Reports): RequestHandler =>
  endpoint<SystemCase>(around, { schema: systemCaseSchema, unitOf: () => undefined, take: (report, asked) => reports.systemCase(report, asked) });
