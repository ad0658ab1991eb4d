/** Which permissions there are: computed from the model, never typed by hand. */
import type { AnyAggregate } from '../domain/kernel/aggregate.ts';
import { actions, moduleOf } from '../domain/role/permissions.ts';

/** Modules of the sales portal that exist beside those of the model. */
const portalModules = ['clientes', 'ventas', 'chat'] as const;
/** What runs the system: measurements. */
const operatorModules = ['operations'] as const;
export const operationsView = 'operations:view';

/** What everybody who works here may do, about themselves only; a revocation takes even this. */
export const selfService: readonly string[] = ['session:create', 'session:edit', 'user-settings:create', 'user-settings:edit'];

/** The modules of the model, sorted: those its commands and read models (`others`, permissions of tables and queries) ask for. */
export const modulesOf = (model: readonly AnyAggregate[], others: readonly string[] = []): readonly string[] => {
  return [...new Set([...model.flatMap(modulesAsked), ...others.map(moduleOf), ...portalModules, ...operatorModules])].sort();
};

/** `equipment:view`: of the module that the aggregate's commands belong to. Holders also see personal fields in its history. */
export const viewPermissionOf = (aggregate: AnyAggregate): string => {
  const definitions = Object.values(aggregate.commands);
  const own = definitions.find(({ internal }) => internal !== true) ?? definitions[0];
  return `${own === undefined ? aggregate.category : moduleOf(own.permission)}:view`;
};

/** Every permission: each module with each action, sorted by module. */
export const permissionsOf = (model: readonly AnyAggregate[], others: readonly string[] = []): readonly string[] =>
  modulesOf(model, others).flatMap((module) => actions.map((action) => `${module}:${action}`));

/**
 * The company's own decisions about what customers have, whatever role somebody has been given: nobody lifts the block of its own customer,
 * signs its own agreement, or retires a unit it leases. Whoever adds a module that customers see says here what they may not do in it.
 */
const companyDecisions: Readonly<Record<string, readonly (typeof actions)[number][]>> = {
  customer: ['create', 'approve', 'delete'],
  catalog: ['create', 'edit', 'approve', 'delete', 'assign'],
  equipment: ['create', 'edit', 'approve', 'delete'],
  meter: ['edit', 'approve', 'delete'],
  agreement: ['create', 'edit', 'approve', 'delete', 'assign'],
  allocation: ['create', 'edit', 'approve', 'delete', 'assign'],
  // A customer answers an offer (`quotation-acceptance`); it neither writes nor approves one, nor says that it has paid.
  quotation: ['create', 'edit', 'approve', 'delete', 'assign'],
  'quotation-value': ['approve'],
  'quotation-advance': ['create', 'edit', 'approve', 'delete'],
  // A customer asks for service, corrects, calls off and confirms what it asked for; who does it, when and at what cost is not its to say.
  'service-request': ['approve', 'delete', 'assign'],
  'work-order': ['create', 'edit', 'approve', 'delete', 'assign'],
  'work-order-cost': ['create', 'edit', 'approve', 'delete', 'assign'],
  roadside: ['create', 'edit', 'approve', 'delete', 'assign'],
  // A lessor keeps and inspects its units: what lets one run, or out of a due, is not said by who leases it.
  maintenance: ['create', 'edit', 'approve', 'delete', 'assign'],
  inspection: ['create', 'edit', 'approve', 'delete', 'assign'],
  product: ['create', 'edit', 'approve', 'delete', 'assign'],
  'product-category': ['create', 'edit', 'approve', 'delete', 'assign'],
};
// Incidents' files are attachments, which customers have too.
const companyModules = ['identity', 'extortion-incident', ...operatorModules] as const;

/** Looking needs no bar here: what is the company's own has no row that a customer's user could see. */
const changes = actions.filter((action) => action !== 'view' && action !== 'export');

/** What no customer's user or machine ever may: change what is confidential to the company, and make its decisions about customers. */
export const companyOnly = (model: readonly AnyAggregate[]): ReadonlySet<string> => {
  const open = new Set(model.filter(({ confidentiality }) => confidentiality === 'tenant').flatMap(modulesAsked));
  const closed = model.filter(({ confidentiality }) => confidentiality !== 'tenant').flatMap(modulesAsked);
  const modules = [...companyModules, ...closed.filter((module) => !open.has(module))];
  const decisions = Object.entries(companyDecisions).flatMap(([module, only]) => only.map((action) => `${module}:${action}`));
  return new Set([...decisions, ...modules.flatMap((module) => changes.map((action) => `${module}:${action}`))]);
};
const modulesAsked = ({ commands }: AnyAggregate): readonly string[] => Object.values(commands).map(({ permission }) => moduleOf(permission));

type Entry = { readonly code: string; readonly name: string; readonly parent?: string };
const inWords = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

/** The catalogs `module` and `module-action` as `ImportEntries` takes them: one page of at most 500 entries a list item. */
export const permissionCatalogs = (
  permissions: readonly string[],
): readonly { readonly catalog: string; readonly source: string; readonly entries: readonly Entry[] }[] => {
  const source = 'Computed from the model';
  const modules = [...new Set(permissions.map(moduleOf))].map((code): Entry => ({ code, name: inWords(code) }));
  const moduleActions = permissions.map((code): Entry => ({ code, name: inWords(code.replace(':', ': ')), parent: `module/${moduleOf(code)}` }));
  return [
    ...pages(modules).map((entries) => ({ catalog: 'module', source, entries })),
    ...pages(moduleActions).map((entries) => ({ catalog: 'module-action', source, entries })),
  ];
};
const pageMax = 500;
const pages = (entries: readonly Entry[]): readonly (readonly Entry[])[] =>
  Array.from({ length: Math.ceil(entries.length / pageMax) }, (_, page) => entries.slice(page * pageMax, (page + 1) * pageMax));
