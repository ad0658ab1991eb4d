/** Who the demonstration is about: roles, staff, customers with their accounts and people. */
import { templateRoleId } from '../../application/role-templates.ts';
import { customer } from '../../domain/customer/decider.ts';
import { role } from '../../domain/role/decider.ts';
import { user } from '../../domain/user/decider.ts';
import { demoPeople } from './people.ts';
import { type DemoSender, demoId } from './sender.ts';

export type DemoAccount = { readonly id: string; readonly name: string };
export type DemoCustomer = {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly contactId: string;
  readonly accounts: readonly DemoAccount[];
};

type Roles = Readonly<Record<string, { readonly docs: string; readonly permissions: (all: readonly string[]) => readonly string[] }>>;
const whole = (...modules: readonly string[]) => modules.map((module) => `${module}:*`);
const views = (all: readonly string[]) => all.filter((permission) => permission.endsWith(':view') && !permission.startsWith('restricted'));
const asking = ['service-request:create', 'service-request:edit', 'support-case:create'] as const;
/** Roles beside the shipped ones (admin, gerente, vendedor). */
const roles: Roles = {
  technician: {
    docs: 'Technician.',
    permissions: (all) => [
      ...views(all),
      'equipment:edit',
      'service-request:edit',
      'work-order:edit',
      'roadside:edit',
      'maintenance:edit',
      'inspection:create',
      'inspection:edit',
      ...whole('meter', 'iot-device', 'equipment-addon', 'attachment'),
    ],
  },
  auditor: { docs: 'Reads everything, changes nothing.', permissions: (all) => [...views(all), ...all.filter((permission) => permission.endsWith(':export'))] },
  'customer-admin': {
    docs: 'Administrator of a customer.',
    permissions: (all) => [
      ...views(all),
      ...whole('user', 'role', 'administrator', 'geofence', 'attachment'),
      'account:edit',
      'customer:edit',
      'equipment:assign',
      'equipment:export',
      ...asking,
      'quotation-acceptance:create',
    ],
  },
  'customer-dispatcher': { docs: 'Dispatcher of some accounts.', permissions: (all) => [...views(all), 'equipment:assign', ...asking, ...whole('geofence')] },
  'customer-viewer': { docs: 'Reads what its accounts have.', permissions: views },
};

export const loadRoles = (sender: DemoSender, permissions: readonly string[]): Promise<void> =>
  sender.each(Object.entries(roles), async ([name, { docs, permissions: choose }]) => {
    const data = { name, description: docs, isShared: true, permissions: [...new Set(choose(permissions))] };
    await sender.send(role, 'DefineRole', { key: name, to: demoId(`role:${name}`), data });
  });

const customers = [
  {
    name: 'Transportes del Norte',
    accounts: ['Norte', 'Norte Ciudad', 'Norte Puerto', 'Norte Frontera'],
    country: 'GT',
    timeZone: 'America/Guatemala',
    currency: 'GTQ',
    municipio: '0101',
    taxId: '576937-K',
  },
  {
    name: 'Southern Freight Lines',
    accounts: ['Southern', 'Southern Gulf', 'Southern Texas'],
    country: 'US',
    timeZone: 'America/Chicago',
    currency: 'USD',
    municipio: undefined,
    taxId: '75-1234567',
  },
  {
    name: 'Agroexportadora del Este',
    accounts: ['Este', 'Este Zacapa', 'Este Izabal'],
    country: 'GT',
    timeZone: 'America/Guatemala',
    currency: 'GTQ',
    municipio: '1901',
    taxId: 'CF',
  },
  {
    name: 'Constructora Occidente',
    accounts: ['Occidente', 'Occidente Xela', 'Occidente Costa'],
    country: 'GT',
    timeZone: 'America/Guatemala',
    currency: 'GTQ',
    municipio: '0901',
    taxId: 'CF',
  },
] as const;

/** Customers with legal entity, address, contact, insurance, link, and a tree of accounts. */
export const loadCustomers = (sender: DemoSender, insuredUntil: string): Promise<readonly DemoCustomer[]> =>
  Promise.all(customers.map((one, index) => loadCustomer(sender, one, { index, insuredUntil })));

const loadCustomer = async (
  sender: DemoSender,
  { name, accounts, country, timeZone, currency, municipio, taxId }: (typeof customers)[number],
  { index, insuredUntil }: { readonly index: number; readonly insuredUntil: string },
): Promise<DemoCustomer> => {
  const to = demoId(`customer:${index}`);
  const key = `customer:${index}`;
  const locale = { currency, country, timeZone };
  await sender.send(customer, 'RegisterCustomer', {
    key,
    to,
    data: { customerName: name, customerClass: 'enterprise', referenceNumber: `C-${1001 + index}`, ...locale },
  });
  const taxIdKind = country === 'GT' ? 'nit' : 'other';
  await sender.send(customer, 'AddLegalEntity', { key, to, data: { legalName: `${name}, S.A.`, taxIdKind, taxId, country } });
  const place = municipio === undefined ? {} : { municipio, ...(municipio === '0101' ? { zona: '0101-12' } : {}) };
  const address = await sender.send(customer, 'AddAddress', {
    key,
    to,
    data: { kind: 'fiscal', isPrimary: true, street: 'Calzada Principal 12-34', ...place, country },
  });
  const [addressId] = address.made;
  if (addressId !== undefined) {
    const position = { latitude: `${14.6 + index / 10}`, longitude: `${-90.5 - index / 10}` };
    await sender.send(customer, 'RecordGeocode', { key, to, data: { addressId, position, precision: 'municipality', provider: 'offline' } });
  }
  const contact = await sender.send(customer, 'AddContact', {
    key,
    to,
    data: { role: 'primary', name: `Contacto ${index + 1}`, phones: [`+5025555010${index}`], emails: [`contacto${index + 1}@example.org`] },
  });
  await sender.send(customer, 'AddCustomerDocument', { key, to, data: { documentType: 'insurance', name: 'Liability insurance', expiresOn: insuredUntil } });
  await sender.send(customer, 'AddQuickLink', { key, to, data: { name: 'Roadside help', link: 'https://example.org/help' } });
  return { id: to, name, timeZone, currency, contactId: contact.made[0] ?? '', accounts: await loadAccounts(sender, to, { names: accounts, locale }) };
};

type Locale = { readonly currency: string; readonly country: string; readonly timeZone: string };
const loadAccounts = async (
  sender: DemoSender,
  to: string,
  { names, locale }: { readonly names: readonly string[]; readonly locale: Locale },
): Promise<readonly DemoAccount[]> => {
  const accounts: DemoAccount[] = [];
  for (const [index, accountName] of names.entries()) {
    const parent = accounts[0] === undefined ? {} : { parentAccountId: accounts[0].id };
    const accountType = index === 0 ? 'NATIONAL' : 'REGIONAL';
    const data = { accountName, accountNumber: `${100 * (index + 1)}`, accountType, ...locale, ...parent } as const;
    const { made } = await sender.send(customer, 'OpenAccount', { key: `${to}:${accountName}`, to, data });
    accounts.push({ id: made[0] ?? '', name: accountName });
  }
  return accounts;
};

/** The id of a role by its name, shipped or the demonstration's own. */
export const roleIdOf = (name: string): string => (Object.hasOwn(roles, name) ? demoId(`role:${name}`) : templateRoleId(name));

/** Staff and customers' people: invited, signed in, approved; the first of each customer administers it. */
export const loadPeople = (sender: DemoSender, loaded: readonly DemoCustomer[]): Promise<void> =>
  sender.each(demoPeople, async ({ user: key, name, role: roleName, customer: index }) => {
    const to = demoId(`user:${key}`);
    const of = index === undefined ? undefined : loaded[index];
    const isAdministrator = roleName === 'customer-admin' || roleName === 'admin';
    const accountIds = of === undefined || isAdministrator ? {} : { accountIds: of.accounts.slice(1, 2).map(({ id }) => id) };
    const belongs = of === undefined ? {} : { customerId: of.id };
    const data = { email: `${key}@example.org`, name, language: 'es', roleIds: [roleIdOf(roleName)], ...belongs, ...accountIds } as const;
    await sender.send(user, 'InviteUser', { key, to, data });
    await sender.send(user, 'LinkIdentity', { key, to, data: { subject: `demo|${key}` } });
    await sender.send(user, 'ApproveUser', { key, to, data: {}, by: 'demonstration-approver' });
    if (isAdministrator) await sender.send(user, 'AppointAdministrator', { key, to, data: {} });
    // Exceptions beside the roles, as they come about.
    if (key === 'vendedor') await sender.send(user, 'GrantPermission', { key, to, data: { permission: 'geofence:*' } });
    if (key === 'technician') await sender.send(user, 'RevokePermission', { key, to, data: { permission: 'iot-device:delete' } });
  });
