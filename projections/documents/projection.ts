/** Attachments as lists show them: the current version, all versions, what hangs on them, and what lies in the blob store. */
import { attachment } from '../../src/domain/attachment/decider.ts';
import { incidentLink, restrictedTo } from '../../src/domain/attachment/state.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import { attachmentLinkTable, attachmentTable, attachmentVersionTable, keptFileTable, storageFileTable } from './tables.ts';

const tables = { attachment: attachmentTable, version: attachmentVersionTable, link: attachmentLinkTable, file: storageFileTable, kept: keptFileTable };
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;

const versionId = (attachmentId: string, version: number): string => derivedId(attachmentId, ['version', String(version)]);
const fileId = (attachmentId: string, version: number): string => derivedId(attachmentId, ['file', String(version)]);
type Link = { readonly category: string; readonly targetId: string; readonly partId?: string };
const linkId = (attachmentId: string, { category, targetId, partId }: Link): string => derivedId(attachmentId, ['link', category, targetId, partId ?? '']);

/** A link is counted once, however often it is said. */
const hang = (rows: All, id: string, link: Link & { readonly restrictedTo: string | null }): void => {
  if (rows.link.get(linkId(id, link)) !== undefined) return;
  rows.link.put({
    attachment_link_id: linkId(id, link),
    attachment_id: id,
    target_category: link.category,
    target_id: link.targetId,
    target_part_id: link.partId ?? null,
    restricted_to: link.restrictedTo,
  });
  rows.attachment.patch(id, { link_count: (rows.attachment.get(id)?.link_count ?? 0) + 1 });
};
const unhang = (rows: All, id: string, link: Link): void => {
  if (rows.link.get(linkId(id, link)) === undefined) return;
  rows.link.remove(linkId(id, link));
  rows.attachment.patch(id, { link_count: Math.max(0, (rows.attachment.get(id)?.link_count ?? 0) - 1) });
};

/** The rows of every version: how many there are is in the attachment's own row. */
const eachVersion = (rows: All, id: string, change: (version: number) => void): void => {
  const last = rows.attachment.get(id)?.version ?? 0;
  for (let version = 1; version <= last; version += 1) change(version);
};

/** Incidents once named files that others knew of: from then on those are seen by nobody else any more. */
const restrict = (rows: All, id: string): void => {
  rows.attachment.patch(id, { restricted_to: restrictedTo });
  eachVersion(rows, id, (version) => {
    rows.version.patch(versionId(id, version), { restricted_to: restrictedTo });
    rows.file.patch(fileId(id, version), { restricted_to: restrictedTo });
  });
};

export const documents = projection({
  name: 'documents',
  version: 2,
  docs: 'Attachments, their versions, what hangs on them, and the contents in the blob store.',
  on: [
    when(attachment, {
      AttachmentUploadBegun: ({ aggregateId, data, ...event }, rows) =>
        rows.attachment.put({
          attachment_id: aggregateId,
          customer_id: data.customerId ?? null,
          account_id: data.accountId ?? null,
          document_category_type: data.documentCategory,
          document_category_id: entryId('document-category', data.documentCategory),
          name: data.name,
          mime_type: data.declaredType,
          size_bytes: String(data.declaredSizeBytes),
          sha256: null,
          version: 0,
          status: 'uploading',
          status_reason: null,
          url: null,
          link_count: 0,
          expiration_date: null,
          is_expired: false,
          retained_until: null,
          metadata: {},
          restricted_to: event.restrictedTo,
        }),
      AttachmentVersionBegun: ({ aggregateId }, rows) => {
        if (rows.attachment.get(aggregateId)?.version === 0) rows.attachment.patch(aggregateId, { status: 'uploading', status_reason: null });
      },
      AttachmentStored: ({ aggregateId, data, occurredAt }, rows) => {
        const { version, name, mimeType, sha256, storageKey } = data;
        const content = { mime_type: mimeType, size_bytes: String(data.sizeBytes), sha256 };
        const seen = { attachment_id: aggregateId, restricted_to: rows.attachment.get(aggregateId)?.restricted_to ?? null };
        rows.attachment.patch(aggregateId, { ...content, name, version, status: 'stored', status_reason: null, url: `/files/${aggregateId}` });
        rows.file.put({ storage_file_id: fileId(aggregateId, version), storage_key: storageKey, ...seen, ...content, status: 'stored' });
        rows.version.put({
          attachment_version_id: versionId(aggregateId, version),
          ...seen,
          version,
          name,
          ...content,
          storage_file_id: fileId(aggregateId, version),
          stored_at: occurredAt,
        });
      },
      // A refused newer version leaves the one at hand as it was.
      AttachmentRejected: ({ aggregateId, data }, rows) => {
        if (rows.attachment.get(aggregateId)?.version === 0) rows.attachment.patch(aggregateId, { status: 'rejected', status_reason: data.message });
      },
      AttachmentLinked: ({ aggregateId, data }, rows) => {
        if (data.category === incidentLink) restrict(rows, aggregateId);
        hang(rows, aggregateId, { ...data, restrictedTo: rows.attachment.get(aggregateId)?.restricted_to ?? null });
      },
      AttachmentUnlinked: ({ aggregateId, data }, rows) => unhang(rows, aggregateId, data),
      AttachmentRetained: ({ aggregateId, data }, rows) => {
        rows.attachment.patch(aggregateId, { retained_until: data.until });
        rows.kept.patch(aggregateId, { kept_until: data.until, reason: data.reason });
      },
      AttachmentForgettingDeferred: ({ aggregateId, data }, rows) =>
        rows.kept.put({
          attachment_id: aggregateId,
          subject_id: data.subjectId,
          document_category_type: rows.attachment.get(aggregateId)?.document_category_type ?? 'other',
          reason: data.reason ?? null,
          kept_until: data.until,
          status: 'kept',
          removed_at: null,
        }),
      AttachmentExpirySet: ({ aggregateId, data }, rows) => rows.attachment.patch(aggregateId, { expiration_date: data.expiresOn, is_expired: false }),
      AttachmentExpiryCleared: ({ aggregateId }, rows) => rows.attachment.patch(aggregateId, { expiration_date: null, is_expired: false }),
      AttachmentExpired: ({ aggregateId }, rows) => rows.attachment.patch(aggregateId, { is_expired: true }),
      AttachmentMetadataChanged: ({ aggregateId, data }, rows) => rows.attachment.patch(aggregateId, { metadata: data.metadata }),
      AttachmentRemoved: ({ aggregateId, data, occurredAt }, rows) => {
        rows.kept.patch(aggregateId, { status: 'removed', removed_at: occurredAt });
        rows.attachment.patch(aggregateId, { status: 'removed', status_reason: data.reason, url: null });
        eachVersion(rows, aggregateId, (version) => rows.version.remove(versionId(aggregateId, version)));
      },
      AttachmentContentDeleted: ({ aggregateId }, rows) =>
        eachVersion(rows, aggregateId, (version) => rows.file.patch(fileId(aggregateId, version), { status: 'deleted' })),
    }),
  ],
});
