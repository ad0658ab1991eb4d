import { type Aggregate, emit, reject } from '../kernel/aggregate.ts';
import { derivedId, namespaces } from '../kernel/ids.ts';
import { apiUsageCommands } from './commands.ts';
import { apiUsageEvents } from './events.ts';

/** The last report of each node. */
export type ApiUsage = { readonly customerId: string | null; readonly lastSequence: Readonly<Record<string, number>> };

const event = emit(apiUsageEvents);
const initial: ApiUsage = { customerId: null, lastSequence: {} };

/** The aggregate of one user's or machine's calls in one month (`YYYY-MM`, UTC): one stream a month, so that it stays short. */
export const apiUsageId = (holderId: string, month: string): string => derivedId(namespaces.aggregate, ['apiUsage', holderId, month]);

const decide: Aggregate<'apiUsage', ApiUsage, typeof apiUsageCommands, typeof apiUsageEvents>['decide'] = {
  ReportApiUsage: ({ lastSequence }, { endpoints, ...reported }, { id }) => {
    const expected = apiUsageId(reported.holderId, reported.month);
    if (expected !== id) return reject('notThisUsage', `The calls of this month have the id ${expected}.`);
    if (reported.sequence <= (lastSequence[reported.node] ?? 0)) return [];
    return endpoints.map((usage) => event('ApiUsageReported', { ...reported, ...usage }));
  },
};

/** How often users and machines call which endpoint: reported each minute by each API process, a stream a holder and month. */
export const apiUsage: Aggregate<'apiUsage', ApiUsage, typeof apiUsageCommands, typeof apiUsageEvents> = {
  category: 'apiUsage',
  docs: 'How often users and machines call which endpoint: reported each minute by each API process, a stream a holder and month.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: apiUsageEvents,
  commands: apiUsageCommands,
  initial,
  decide,
  evolve: {
    ApiUsageReported: ({ lastSequence }, { customerId, node, sequence }) => ({
      customerId: customerId ?? null,
      lastSequence: { ...lastSequence, [node]: sequence },
    }),
  },
  tenantOf: ({ customerId }) => customerId,
  exists: ({ lastSequence }) => Object.keys(lastSequence).length > 0,
};
