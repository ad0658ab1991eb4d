/** What operations stand on: the price list, groups that are told of things, cases and incidents, and hands in the shop. */

import { addMilliseconds } from '../../../domain/kernel/calendar.ts';
import { notificationGroup } from '../../../domain/notification-group/decider.ts';
import { product } from '../../../domain/product/decider.ts';
import { productCategory } from '../../../domain/product-category/decider.ts';
import { categoryTreeId } from '../../../domain/product-category/state.ts';
import { incident, supportCase } from '../../../domain/support-case/decider.ts';
import { user } from '../../../domain/user/decider.ts';
import { type DemoSender, demoId } from '../sender.ts';

const dayMs = 86_400_000;
const priced = [
  { key: 'toilet', category: 'toilets', name: 'Portable toilet, a month', uom: 'MON', price: '650.00' },
  { key: 'pumping', category: 'pumping', name: 'Emptying, a cubic metre', uom: 'MTQ', price: '180.00' },
  { key: 'plant-visit', category: 'plants', name: 'Plant maintenance, a visit', uom: 'C62', price: '2400.00' },
] as const;
const categories = [
  { key: 'toilets', name: 'Portable toilets', skuPrefix: 'TOIL' },
  { key: 'pumping', name: 'Emptying', skuPrefix: 'PUMP' },
  { key: 'plants', name: 'Treatment plants', skuPrefix: 'PLAN' },
] as const;

/** The price list; the toilets become dearer in a month. Returns the products by key. */
export const loadPriceList = async (sender: DemoSender, now: string): Promise<Readonly<Record<string, string>>> => {
  const ids = new Map<string, string>();
  const tree = categoryTreeId;
  const top = await sender.send(productCategory, 'DefineProductCategory', { key: 'top', to: tree, data: { name: 'Sanitation', skuPrefix: 'SANI' } });
  const [parentCategoryId] = top.made;
  for (const { key, name, skuPrefix } of categories) {
    const under = parentCategoryId === undefined ? {} : { parentCategoryId };
    const { made } = await sender.send(productCategory, 'DefineProductCategory', { key, to: tree, data: { name, skuPrefix, ...under } });
    ids.set(key, made[0] ?? '');
  }
  await sender.each(priced, async ({ key, category, name, uom, price }) => {
    const data = { categoryId: ids.get(category) ?? '', name, uom, tax: 'gt-iva-12', price: { amount: price, currency: 'GTQ' } };
    await sender.send(product, 'DefineProduct', { key, to: demoId(`product:${key}`), data });
  });
  const dearer = { price: { amount: '690.00', currency: 'GTQ' }, effectiveAt: addMilliseconds(now, 45 * dayMs) };
  await sender.send(product, 'SetProductPrice', { key: 'toilet', to: demoId('product:toilet'), data: dearer });
  return Object.fromEntries(priced.map(({ key }) => [key, demoId(`product:${key}`)]));
};

/** Mechanics beside the demonstration's technician. Returns the ids of all of them. */
export const hireTechnicians = async (sender: DemoSender, count: number, roleId: string): Promise<readonly string[]> => {
  const more = Array.from({ length: count - 1 }, (_, n) => `mechanic-${n + 1}`);
  await sender.each(more, async (key, n) => {
    const to = demoId(`user:${key}`);
    const data = { email: `${key}@example.org`, name: `Mecánico ${n + 1}`, language: 'es', roleIds: [roleId] } as const;
    await sender.send(user, 'InviteUser', { key, to, data });
    await sender.send(user, 'LinkIdentity', { key, to, data: { subject: `demo|${key}` } });
    await sender.send(user, 'ApproveUser', { key, to, data: {}, by: 'demonstration-approver' });
  });
  return [demoId('user:technician'), ...more.map((key) => demoId(`user:${key}`))];
};

const groups = [
  { key: 'roadside', name: 'Roadside desk', members: ['vendedor', 'technician'] },
  { key: 'managers', name: 'Managers', members: ['gerente', 'admin'] },
] as const;
/** Who is told of what, and what was reported to be wrong. */
export const loadDesksOfCare = async (sender: DemoSender): Promise<void> => {
  await sender.each(groups, async ({ key, name, members }) => {
    const to = demoId(`group:${key}`);
    await sender.send(notificationGroup, 'DefineNotificationGroup', { key, to, data: { name } });
    for (const member of members)
      await sender.send(notificationGroup, 'AddNotificationGroupMember', { key: `${key}:${member}`, to, data: { userId: demoId(`user:${member}`) } });
  });
  const handlerId = demoId('user:admin');
  const [map, export_] = [demoId('case:map'), demoId('case:export')];
  const seen = { subject: 'The map stays grey', description: 'Since this morning, on the phone only.', page: '/map', reporterName: 'Nora Klein' };
  await sender.send(supportCase, 'ReportSystemCase', { key: 'map', to: map, data: seen });
  await sender.send(supportCase, 'TriageSystemCase', { key: 'map', to: map, data: { priority: 'normal', handlerId } });
  await sender.send(supportCase, 'ResolveSystemCase', { key: 'map', to: map, data: { resolution: 'The tile server’s certificate was renewed.' } });
  const other = { subject: 'An export without headings', description: 'The CSV of the fleet came without its first line.' };
  await sender.send(supportCase, 'ReportSystemCase', { key: 'export', to: export_, data: other });
  const to = demoId('incident:1');
  const call = { description: 'A caller demands money for the passage of two units.', place: 'Zona 18' };
  await sender.send(incident, 'ReportExtortionIncident', { key: '1', to, data: call });
  await sender.send(incident, 'TriageExtortionIncident', { key: '1', to, data: { priority: 'high', handlerId } });
};
