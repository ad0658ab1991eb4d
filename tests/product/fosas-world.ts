/** A company that empties septic tanks, and the people of both sides. */
import { templateRoleId } from '../../src/application/role-templates.ts';
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { id } from '../kit/decider.ts';
import type { Person } from '../kit/product.ts';
import { accountId, customerId, otherAccountId } from '../kit/rental.ts';
import { type Founder, openWorld, type Row, strangerId } from './world.ts';

export const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
const attachments = ['attachment:view', 'attachment:create'];
/** Roles as a company and its customer would make them: what each may do, and no more. */
const roles = {
  technician: ['work-order:view', 'work-order:edit', 'service-request:view', 'service-request:edit', 'service-request:assign', ...attachments],
  customer: [
    ...['service-request:view', 'service-request:create', 'service-request:edit', 'quotation:view', 'quotation-acceptance:create', 'work-order:view'],
    // More than a customer may ever do, as somebody careless would grant it.
    ...['quotation:create', 'quotation:edit', 'quotation:approve', 'quotation-advance:approve', 'product:view'],
    ...['activity:view', 'search:view', 'event:view', ...attachments],
  ],
} as const;

export const technicianId = id('technician');

const setUp = async ({ done, person, roles: define }: Founder): Promise<void> => {
  const fiscal = { kind: 'fiscal', isPrimary: true, street: '5a avenida 1-23', zona: '0101-10', municipio: '0101', country: 'GT' };
  await done('customer', customerId, 'AddLegalEntity', { legalName: 'Sur, S. A.', taxIdKind: 'nit', taxId: '576937-K', country: 'GT' });
  await done('customer', customerId, 'AddAddress', fiscal);
  await define(roles);
  await person('gerente', templateRoleId('gerente'));
  await person('vendedor', templateRoleId('vendedor'));
  await person('technician', id('role technician'));
  await person('north-dispatch', id('role customer'), { customerId, accountIds: [accountId] });
  await person('north-admin', id('role customer'), { customerId, accountIds: [otherAccountId] });
  await person('south-admin', id('role customer'), { customerId: strangerId });
};

export const openSite = async () => {
  const world = await openWorld(setUp);
  const people = {
    manager: await world.signIn('gerente'),
    seller: await world.signIn('vendedor'),
    technician: await world.signIn('technician'),
    customer: await world.signIn('north-dispatch'),
    colleague: await world.signIn('north-admin'),
    stranger: await world.signIn('south-admin'),
  };
  const one = async (person: Person, path: string): Promise<Row> => {
    const all = await world.rows(person, path);
    if (all.length !== 1 || all[0] === undefined) throw new Error(`${path} has ${all.length} rows`);
    return all[0];
  };
  const download = async (person: Person, attachmentId: unknown): Promise<Response> => {
    const { body } = await person.json(`/files/${String(attachmentId)}/link`);
    return fetch(`${world.url}${String(body['url']).replace(/^https?:\/\/[^/]+/, '')}`);
  };
  return { ...world, people, one, download };
};
export type Site = Awaited<ReturnType<typeof openSite>>;
/** By night in UTC it is still yesterday where they work. */
export const today = (): string => localDate(new Date().toISOString(), 'America/Guatemala');
