/**
 * How often each user and machine calls which endpoint, as this node counts: in memory between two reports, then by `ReportApiUsage`. A
 * report that could not be given is given again with the same sequence, so a call is counted once; what a crash loses is what came since
 * the last report.
 */
import { apiUsageId } from '../domain/api-usage/decider.ts';
import { uuidv5 } from '../domain/kernel/ids.ts';
import { type Caller, systemCaller } from './caller.ts';
import type { CommandHandler } from './handle-command.ts';

const namespace = '7a1c0e52-6f0d-5f6b-9b0e-2f3b8a9d4c17';
/** Of `ReportApiUsage`; the last one is `other`. */
const endpointsMax = 200;
const holdersMax = 10_000;
const inFlightMax = 8;
const other = 'other';

export type MeterParts = {
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly clock: () => string;
  /** Names this run of this process: letters, digits and `-`. */
  readonly node: string;
  readonly failed?: (error: unknown) => void;
};
type Tally = {
  readonly holderKind: 'user' | 'apiClient';
  readonly holderId: string;
  readonly customerId: string | null;
  /** When the first call came; the month that all of them are counted in is its. */
  readonly from: string;
  readonly counts: Map<string, number>;
};
type Report = Omit<Tally, 'counts'> & {
  readonly to: string;
  readonly sequence: number;
  readonly endpoints: readonly { readonly endpoint: string; readonly count: number }[];
};

export class ApiUsageMeter {
  readonly #parts: MeterParts;
  #open = new Map<string, Tally>();
  /** At most one a holder: until it is given, the holder's next calls are added up. */
  readonly #waiting = new Map<string, Report>();
  readonly #sequences = new Map<string, number>();
  #reporting: Promise<void> | undefined;
  #uncounted = 0;

  constructor(parts: MeterParts) {
    this.#parts = parts;
  }

  /** Calls that there was no room to count. */
  get uncounted(): number {
    return this.#uncounted;
  }

  /** `endpoint`: a template, never an address. Parts of the system are not counted. */
  count({ actor, tenant }: Caller, endpoint: string): void {
    const { kind, id } = actor;
    if (kind === 'system') return;
    let tally = this.#open.get(id);
    if (tally === undefined) {
      if (this.#open.size >= holdersMax) {
        this.#uncounted += 1;
        return;
      }
      tally = { holderKind: kind, holderId: id, customerId: tenant, from: this.#parts.clock(), counts: new Map() };
      this.#open.set(id, tally);
    }
    const { counts } = tally;
    const name = counts.has(endpoint) || counts.size < endpointsMax - 1 ? endpoint : other;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  /** Reports all that was counted until now. What cannot be reported is kept, and told to `failed`. */
  async report(): Promise<void> {
    await this.#reporting;
    this.#reporting = this.#reportAll();
    await this.#reporting;
  }

  async #reportAll(): Promise<void> {
    this.#close();
    const due = [...this.#waiting.values()].values();
    let isAway = false;
    const worker = async (): Promise<void> => {
      for (const report of due) {
        if (isAway) return;
        try {
          await this.#give(report);
        } catch (error) {
          isAway = true;
          this.#parts.failed?.(error);
        }
      }
    };
    await Promise.all(Array.from({ length: inFlightMax }, worker));
  }

  /** Turns what was counted into reports; of whom one still waits, goes on counting. */
  #close(): void {
    const to = this.#parts.clock();
    const open = new Map<string, Tally>();
    for (const [id, tally] of this.#open) {
      if (this.#waiting.has(id)) {
        open.set(id, tally);
        continue;
      }
      const { counts, ...about } = tally;
      const sequence = (this.#sequences.get(id) ?? 0) + 1;
      this.#sequences.set(id, sequence);
      this.#waiting.set(id, { ...about, to, sequence, endpoints: [...counts].map(([endpoint, count]) => ({ endpoint, count })) });
    }
    this.#open = open;
  }

  async #give({ holderKind, holderId, customerId, from, to, sequence, endpoints }: Report): Promise<void> {
    const { commands, node } = this.#parts;
    const month = from.slice(0, 7);
    const id = apiUsageId(holderId, month);
    const commandId = uuidv5(namespace, `${id}:${node}:${sequence}`);
    const owner = customerId === null ? {} : { customerId };
    const outcome = await commands.handle({
      commandId,
      commandHash: commandId,
      category: 'apiUsage',
      id,
      type: 'ReportApiUsage',
      caller: systemCaller('api-usage'),
      at: to,
      correlationId: commandId,
      causationId: commandId,
      data: { holderKind, holderId, ...owner, month, from, to, node, sequence, endpoints },
    });
    // Others were faster again and again: the next time will do.
    if (outcome.kind === 'contention') return;
    this.#waiting.delete(holderId);
    if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') this.#parts.failed?.(new Error(`a report of API usage was not taken: ${outcome.kind}`));
  }
}
