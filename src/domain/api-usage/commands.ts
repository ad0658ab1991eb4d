import { defineCommands } from '../kernel/aggregate.ts';
import { fields, list } from '../kernel/schema.ts';
import { holder, report, usage } from './events.ts';

export const apiUsageCommands = defineCommands({
  ReportApiUsage: {
    permission: 'api-usage:create',
    docs: 'What an API process counted since its last report. The same (node, sequence) again changes nothing; a process reports in order.',
    creates: true,
    internal: true,
    rejects: ['notThisUsage'],
    schema: fields({ ...holder, ...report, endpoints: list(fields(usage), { min: 1, max: 200 }) }),
  },
});
