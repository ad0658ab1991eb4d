import { describe, expect, test } from '@jest/globals';
import { readModels } from '../../projections/read-models.ts';
import { companyOnly, modulesOf, permissionCatalogs, permissionsOf, selfService } from '../../src/application/permissions.ts';
import { roleTemplates } from '../../src/application/role-templates.ts';
import { isRejection } from '../../src/domain/kernel/rejection.ts';
import { model } from '../../src/domain/model.ts';
import { role } from '../../src/domain/role/decider.ts';
import { actions } from '../../src/domain/role/permissions.ts';
import { contextOf } from '../kit/decider.ts';

const others = readModels.flatMap(({ projection }) => Object.values(projection.tables).map(({ permission }) => permission));
const permissions = permissionsOf(model, others);

describe('the permissions', () => {
  test('are computed: every command’s and every table’s is among them, each module with each action', () => {
    const known = new Set(permissions);
    for (const { commands } of model)
      for (const { permission } of Object.values(commands)) expect({ permission, known: known.has(permission) }).toEqual({ permission, known: true });
    for (const permission of [...others, ...selfService]) expect({ permission, known: known.has(permission) }).toEqual({ permission, known: true });
    expect(permissions).toHaveLength(modulesOf(model, others).length * actions.length);
    expect(new Set(permissions).size).toBe(permissions.length);
  });

  test('fill the catalogs of modules and actions in pages that one command takes', () => {
    const pages = permissionCatalogs(permissions);
    for (const { entries } of pages) expect(entries.length).toBeLessThanOrEqual(500);
    const codes = (catalog: string) => pages.filter((page) => page.catalog === catalog).flatMap(({ entries }) => entries.map(({ code }) => code));
    expect(codes('module-action')).toEqual(permissions);
    expect(codes('module')).toEqual(modulesOf(model, others));
    expect(codes('module')).toEqual(expect.arrayContaining(['clientes', 'ventas', 'chat', 'user', 'api-client']));
  });

  test('of the company only are none that a customer’s own people need', () => {
    const closed = companyOnly(model);
    for (const open of [
      'service-request:create',
      'service-request:edit',
      'customer:view',
      'customer:edit',
      'user:create',
      'role:create',
      'equipment:view',
      'equipment:assign',
      'geofence:create',
    ])
      expect(closed.has(open)).toBe(false);
    // Else nobody of a customer could give its own people a role that looks at everything (TE-4).
    expect([...closed].filter((permission) => permission.endsWith(':view') || permission.endsWith(':export'))).toEqual([]);
    for (const permission of [
      'service-request:assign',
      'service-request:approve',
      'work-order:edit',
      'roadside:assign',
      // Whoever leases a unit neither passes its inspection nor frees it from what keeps it off the road.
      'inspection:create',
      'inspection:edit',
      'maintenance:edit',
      'customer:approve',
      'customer:create',
      'agreement:approve',
      'equipment:delete',
      'equipment:edit',
      'identity:edit',
      // An incident's file is an attachment, which customers have too.
      'extortion-incident:create',
    ])
      expect(closed.has(permission)).toBe(true);
  });

  test('make the shipped roles, which who may everything can define', () => {
    const templates = roleTemplates(permissions);
    expect(templates.map(({ name }) => name)).toEqual(['admin', 'gerente', 'vendedor']);
    for (const { name, description, permissions: given } of templates) {
      const decision = role.decide.DefineRole(role.initial, { name, description, isShared: true, permissions: given }, contextOf());
      expect({ name, isRefused: isRejection(decision) }).toEqual({ name, isRefused: false });
    }
    const [, gerente, vendedor] = templates;
    expect(gerente?.permissions.includes('user:edit')).toBe(false);
    expect(vendedor?.permissions.some((one) => one.endsWith(':approve') || one.endsWith(':delete'))).toBe(false);
    // TE-11
    expect(vendedor?.permissions.some((one) => /^(extortion-incident|restricted-event):/.test(one))).toBe(false);
  });
});
