import { boolean, companyTable, date, instant, integer, json, numeric, restrictable, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'attachment:view';

export const attachmentTable = tenantTable('attachment', {
  key: 'attachment_id',
  permission,
  docs: 'Files of any aggregate, by their current version.',
  columns: {
    attachment_id: uuid(),
    document_category_type: text().filtered().described('A code of the catalog document-category.'),
    document_category_id: uuid().filtered(),
    name: text().searched(),
    mime_type: text().filtered().described('As announced until the content has come, then as found.'),
    size_bytes: numeric(),
    sha256: text().nullable().filtered(),
    version: integer().described('0 until a first content has come.'),
    status: text().filtered().described('uploading, stored, rejected or removed'),
    status_reason: text().nullable(),
    url: text().nullable().described('The path that gives a signed link to the content.'),
    link_count: integer().filtered().described('How many things hang on it.'),
    expiration_date: date().nullable().filtered(),
    is_expired: boolean().filtered(),
    retained_until: date().nullable().filtered(),
    metadata: json(),
    ...restrictable,
  },
});
export const attachmentVersionTable = tenantTable('attachment_version', {
  key: 'attachment_version_id',
  permission,
  docs: 'Every version of every attachment whose content has come.',
  columns: {
    attachment_version_id: uuid(),
    attachment_id: uuid().filtered(),
    version: integer().filtered(),
    name: text(),
    mime_type: text(),
    size_bytes: numeric(),
    sha256: text().filtered(),
    storage_file_id: uuid().filtered(),
    stored_at: instant().filtered(),
    ...restrictable,
  },
});
export const attachmentLinkTable = tenantTable('attachment_link', {
  key: 'attachment_link_id',
  permission,
  docs: 'What each attachment hangs on.',
  columns: {
    attachment_link_id: uuid(),
    attachment_id: uuid().filtered(),
    target_category: text().filtered(),
    target_id: uuid().filtered(),
    target_part_id: uuid().nullable(),
    ...restrictable,
  },
});
/** The parts of forgotten persons that were refused, because the law keeps them (P19, ES-12). */
export const keptFileTable = tenantTable('forgetting_refused_part', {
  key: 'attachment_id',
  permission: 'subject:view',
  docs: 'Files about forgotten persons that must be kept: why, and through which day; on the day after they go too.',
  columns: {
    attachment_id: uuid(),
    subject_id: uuid().filtered().described('The person that was forgotten.'),
    document_category_type: text().filtered().described('A code of the catalog document-category.'),
    reason: text().nullable().described('Why it must be kept.'),
    kept_until: date().filtered().described('The last day on which it must be kept.'),
    status: text().filtered().described('kept, or removed once it need not be kept any more'),
    removed_at: instant().nullable(),
  },
});
/** Keys of the blob store are the company's business; customers see versions. */
export const storageFileTable = companyTable('storage_file', {
  key: 'storage_file_id',
  permission,
  docs: 'Contents in the blob store.',
  columns: {
    storage_file_id: uuid(),
    attachment_id: uuid().filtered(),
    storage_key: text().filtered(),
    sha256: text().filtered(),
    size_bytes: numeric(),
    mime_type: text().filtered(),
    status: text().filtered().described('stored, or deleted with its attachment'),
    ...restrictable,
  },
});
