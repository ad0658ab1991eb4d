/** One connected consumer of a group: what it holds unacknowledged, and how it has been doing. */
import type { Call } from '../grpc/call.ts';
import { groupDropped } from '../grpc/failure.ts';
import { eventFrame, withStructuredId } from '../wire/stored-event.ts';
import { Latencies, Throughput } from './measurements.ts';
import type { GroupKey, Message } from './model.ts';

/** `slots`: how many messages may be in flight. */
export type ConsumerOptions = { readonly slots: number; readonly structuredIds: boolean };

export class Consumer {
  readonly call: Call;
  readonly slots: number;
  readonly address: string;
  readonly #structuredIds: boolean;
  readonly connectionName: string;
  readonly user: string;
  readonly latencies = new Latencies();
  readonly throughput = new Throughput(Date.now());
  inFlight = 0;

  constructor(call: Call, options: ConsumerOptions) {
    this.call = call;
    this.slots = options.slots;
    this.#structuredIds = options.structuredIds;
    this.address = call.remoteAddress;
    const name = call.headers['connection-name'];
    this.connectionName = (Array.isArray(name) ? name[0] : name) ?? '<unknown>';
    this.user = call.user ?? 'anonymous';
  }

  get availableSlots(): number {
    return Math.max(0, this.slots - this.inFlight);
  }

  get isFull(): boolean {
    return this.availableSlots === 0 || this.call.isOver;
  }

  push(message: Message): void {
    const { event, link } = message.resolved;
    this.throughput.count();
    this.call.write(
      eventFrame({
        ...(event === undefined ? {} : { event: this.#record(event) }),
        ...(link === undefined ? {} : { link: this.#record(link) }),
        position: message.position,
        retryCount: message.retryCount,
      }),
    );
  }

  #record({ record }: { readonly record: Buffer }): Buffer {
    return this.#structuredIds ? withStructuredId(record) : record;
  }

  drop(key: GroupKey): void {
    this.call.fail(groupDropped(key));
  }
}
