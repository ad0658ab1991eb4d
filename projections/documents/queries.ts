import { tableQuery } from '../kernel/query.ts';
import { attachmentLinkTable, attachmentTable, attachmentVersionTable, storageFileTable } from './tables.ts';

export const documentQueries = [attachmentTable, attachmentVersionTable, attachmentLinkTable, storageFileTable].map((table) => tableQuery('documents', table));
