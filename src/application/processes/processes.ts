/** The one list of processes. */
import { administration } from './access-sync.ts';
import { accounts } from './accounts.ts';
import { allocations } from './allocations.ts';
import { assignments } from './assignment.ts';
import { attachments } from './attachments.ts';
import { forgettingFiles } from './forgetting-files.ts';
import { inspections } from './inspection.ts';
import { maintenances } from './maintenance.ts';
import { pairing } from './pairing.ts';
import type { ProcessDefinition } from './process.ts';
import { quotations } from './quotation.ts';
import { requestRouting } from './request-routing.ts';
import { returns } from './return.ts';
import { roadsideJobs } from './roadside.ts';
import { serviceRequests } from './service-request.ts';
import { unitPromises } from './unit-promise.ts';
import { workOrders } from './work-order.ts';

export const processes: readonly ProcessDefinition[] = [
  administration,
  accounts,
  attachments,
  forgettingFiles,
  allocations,
  assignments,
  pairing,
  returns,
  maintenances,
  inspections,
  serviceRequests,
  requestRouting,
  unitPromises,
  quotations,
  workOrders,
  roadsideJobs,
];
