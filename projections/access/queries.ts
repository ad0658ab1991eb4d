import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import {
  administratorTable,
  apiClientTable,
  moduleActionTable,
  moduleTable,
  permissionVersionTable,
  roleModulePermissionTable,
  userActionPermissionTable,
  userModulePermissionTable,
  userRoleTable,
} from './tables.ts';

export const accessQueries: readonly QueryDefinition[] = [
  tableQuery('access', moduleTable, { sort: ['code'] }),
  tableQuery('access', moduleActionTable, { sort: ['code'] }),
  tableQuery('access', userRoleTable, { sort: ['name'] }),
  tableQuery('access', roleModulePermissionTable),
  tableQuery('access', userModulePermissionTable),
  tableQuery('access', userActionPermissionTable),
  tableQuery('access', permissionVersionTable),
  tableQuery('access', apiClientTable, { sort: ['name'] }),
  tableQuery('access', administratorTable),
];
