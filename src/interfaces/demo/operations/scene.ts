/** What a story of the demonstration is told with: who is in it, when it is, and how its commands are sent. */

import type { Aggregate, Commands, DataOf, Events } from '../../../domain/kernel/aggregate.ts';
import { addMilliseconds } from '../../../domain/kernel/calendar.ts';
import { type Money, money } from '../../../domain/kernel/money.ts';
import { localDate } from '../../../domain/kernel/time-zone.ts';
import type { Timepiece } from '../../composition/timepiece.ts';
import type { DemoCustomer } from '../company.ts';
import type { Random } from '../random.ts';
import { type DemoSender, demoId, type Sent } from '../sender.ts';

const minuteMs = 60_000;
export const companyZone = 'America/Guatemala';

/** A unit that is out, and with whom. */
export type OutUnit = {
  readonly id: string;
  readonly unitNumber: string;
  readonly type: string;
  readonly customer: DemoCustomer;
  readonly accountId: string;
  /** Whoever reports for the customer. */
  readonly reporterId: string;
  /** Counts the fleet: what the odometer shows follows from it. */
  readonly ordinal: number;
};
export type Offered = { readonly revision: number; readonly contentHash: string };
/** Everybody and everything a story may need beside its own. */
export type Cast = {
  readonly sellerId: string;
  readonly managerId: string;
  readonly products: Readonly<Record<string, string>>;
  /** A file of a customer's, made when it is first wanted. */
  readonly paper: (category: 'photo' | 'signature' | 'inspection' | 'manifest', customer: DemoCustomer) => Promise<string>;
  /** What is offered now under this quotation. */
  readonly offered: (quotationId: string) => Promise<Offered>;
  /** The visits of this request, in order: the process plans them once it is agreed on. */
  readonly planned: (requestId: string) => Promise<readonly string[]>;
};
const quetzalsADollar = 8;
/** What costs so many quetzals, in the customer's currency. */
export const priceIn = (currency: string, quetzals: number): Money => money((quetzals / (currency === 'GTQ' ? 1 : quetzalsADollar)).toFixed(2), currency);
/** Who does it, where it is not the demonstration itself: a customer's user, or one of the staff (`tenant` null). */
export type Somebody = { readonly userId: string; readonly tenant: string | null };
export const staff = (userId: string): Somebody => ({ userId, tenant: null });

export class Scene {
  readonly key: string;
  readonly random: Random;
  /** Free for the whole story. */
  readonly technicianId: string;
  readonly #sender: DemoSender;
  readonly #timepiece: Timepiece;
  #at = '';
  #sent = 0;

  constructor(parts: {
    readonly key: string;
    readonly random: Random;
    readonly technicianId: string;
    readonly sender: DemoSender;
    readonly timepiece: Timepiece;
  }) {
    this.key = parts.key;
    this.random = parts.random;
    this.technicianId = parts.technicianId;
    this.#sender = parts.sender;
    this.#timepiece = parts.timepiece;
  }

  /** The story goes on at this instant. */
  goOnAt(at: string): void {
    this.#at = at;
  }
  /** Now, in the story. */
  get at(): string {
    return this.#at;
  }
  /** The day in the company's country. */
  get today(): string {
    return localDate(this.#at, companyZone);
  }
  /** The first story of its kind. */
  get isFirst(): boolean {
    return this.key.endsWith(':0');
  }
  /** So many minutes later, or before where negative. */
  minutesFromNow(minutes: number): string {
    return addMilliseconds(this.#at, minutes * minuteMs);
  }
  /** The id of something of this story. */
  id(name: string): string {
    return demoId(`${this.key}:${name}`);
  }

  /**
   * Each command comes a minute after the one before, and never before what has happened anywhere: then no stream goes back in time, and what
   * follows comes after what it follows from.
   */
  async send<N extends string, S, C extends Commands, E extends Events, K extends keyof C & string>(
    aggregate: Aggregate<N, S, C, E>,
    command: K,
    message: { readonly to: string; readonly data: DataOf<C[K]>; readonly as?: Somebody },
  ): Promise<Sent> {
    this.#sent += 1;
    const now = this.#timepiece.now();
    const at = this.#at < now ? now : this.#at;
    this.#timepiece.passTo(at);
    this.#at = addMilliseconds(this.#at, minuteMs);
    return this.#sender.send(aggregate, command, { ...message, key: `${this.key}:${this.#sent}`, at });
  }
}

/** A story: what happens in one hour, then how many hours nothing does. */
export type Story = AsyncGenerator<number, void, void>;
