/**
 * Every issued revision gets its paper: printed from the moment of its issue, stored as the customer's attachment, named by the quotation.
 * Made again after a crash it is the same file under the same id, so that the customer never finds two.
 */
import { createHash } from 'node:crypto';
import { attachment } from '../../domain/attachment/decider.ts';
import { derivedId, uuidv5 } from '../../domain/kernel/ids.ts';
import { quotation } from '../../domain/quotation/decider.ts';
import type { PresentQuotation } from '../../domain/quotation/state.ts';
import type { Uploads } from '../attachments/upload.ts';
import { systemCaller } from '../caller.ts';
import { effects } from '../effects/effect.ts';
import type { PastStates } from '../past-states.ts';
import type { QuotationPrinter } from '../ports/quotation-printer.ts';
import { send } from '../processes/process.ts';
import { namedBy, quotationDocument } from './quotation-document.ts';

export type PrintingPorts = { readonly printer: QuotationPrinter; readonly past: PastStates; readonly uploads: Uploads; readonly clock: () => string };
const name = 'QuotationPrinting';
const { when, effect } = effects<PrintingPorts>();

type Printed = { readonly state: PresentQuotation; readonly title: string; readonly content: Uint8Array };
type Issue = { readonly quotationId: string; readonly eventId: string };
const print = async ({ printer, past }: PrintingPorts, { quotationId, eventId }: Issue): Promise<Printed> => {
  const { position, metadata, data } = await past.event(quotation.category, quotationId, eventId);
  // The boundary of types: the log's codec has read a quotation's event, and its stream folds to a quotation.
  const state = (await past.at(quotation.category, quotationId, position)) as PresentQuotation;
  const issued = data as Parameters<typeof quotationDocument>[0];
  const found = await Promise.all(
    namedBy(state).map(async ({ category, id }): Promise<readonly [string, unknown]> => [`${category}-${id}`, await past.at(category, id, position)]),
  );
  const facts = new Map(found.filter(([, known]) => known !== undefined));
  const document = quotationDocument(issued, { state, issuedAt: metadata.occurredAt, facts });
  return { state, title: `Cotización ${issued.quotationNumber} rev. ${issued.revision}.pdf`, content: await printer.print(document) };
};

async function* whole(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
/** Stores the file; a repetition finds it stored. Throws where it could not be, so that the event comes again. */
const store = async ({ uploads, clock }: PrintingPorts, { state, title, content }: Printed, callId: string): Promise<string> => {
  const sha256 = createHash('sha256').update(content).digest('hex');
  // By its content too: were it ever printed otherwise, an earlier try that was never named would not stand in its way.
  const attachmentId = derivedId(callId, ['paper', sha256]);
  const commandId = uuidv5(attachmentId, 'begin');
  const caller = systemCaller(`effect:${name}`);
  const { customerId, accountId } = state;
  const declared = { name: title, declaredType: 'application/pdf', declaredSizeBytes: content.byteLength };
  const ids = { commandId, commandHash: commandId, correlationId: callId, causationId: callId };
  const data = { customerId, accountId, documentCategory: 'quotation', ...declared };
  const { outcome, uploadId } = await uploads.begin({ ...ids, id: attachmentId, caller, at: clock(), data });
  if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') throw new Error(`${attachment.category}-${attachmentId} was not begun: ${outcome.kind}`);
  if (uploadId === undefined) return attachmentId;
  const received = await uploads.receive({ attachmentId, uploadId, content: whole(content), caller });
  if (received.kind !== 'stored') throw new Error(`${attachment.category}-${attachmentId} was not stored: ${received.kind}`);
  return attachmentId;
};

export const quotationPrinting = effect({
  name,
  docs: 'Prints every issued revision of a quotation and stores the paper as the customer’s attachment, once.',
  on: [
    when(quotation, {
      QuotationIssued: {
        plan: ({ id: eventId, aggregateId: quotationId, data: { revision } }) => [
          {
            step: 'print',
            category: quotation.category,
            to: quotationId,
            perform: async (ports, { callId }) => {
              const attachmentId = await store(ports, await print(ports, { quotationId, eventId }), callId);
              return [send(quotation, 'RecordQuotationDocument', { step: 'print', to: quotationId, data: { attachmentId, revision } })];
            },
          },
        ],
      },
    }),
  ],
});
