import { tableQuery } from '../kernel/query.ts';
import { attachmentLinkTable, attachmentTable, attachmentVersionTable, keptFileTable, storageFileTable } from './tables.ts';

export const documentQueries = [attachmentTable, attachmentVersionTable, attachmentLinkTable, storageFileTable, keptFileTable].map((table) =>
  tableQuery('documents', table),
);
