/** What was removed leaves the blob store too; done again after a crash, it finds nothing left to do. */
import { attachment } from '../../domain/attachment/decider.ts';
import { effects } from '../effects/effect.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { send } from '../processes/process.ts';

const { when, effect } = effects<{ readonly blobs: BlobStore }>();

export const contentDeletion = effect({
  name: 'ContentDeletion',
  docs: 'Deletes every version’s content of a removed attachment from the blob store.',
  on: [
    when(attachment, {
      AttachmentRemoved: {
        plan: ({ aggregateId }) => [
          {
            step: 'delete',
            category: attachment.category,
            to: aggregateId,
            perform: async ({ blobs }) => {
              await blobs.removeAll(aggregateId);
              return [send(attachment, 'RecordContentDeleted', { step: 'delete', to: aggregateId, data: {} })];
            },
          },
        ],
      },
    }),
  ],
});
