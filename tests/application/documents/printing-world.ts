/** A quotation of a real customer on the real command path, and a printer's office that can be killed at any call to the log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Uploads } from '../../../src/application/attachments/upload.ts';
import { quotationPrinting } from '../../../src/application/documents/quotation-printing.ts';
import { EffectRunner } from '../../../src/application/effects/runner.ts';
import { PastStates } from '../../../src/application/past-states.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { model } from '../../../src/domain/model.ts';
import { serviceRequestEvents } from '../../../src/domain/service-request/events.ts';
import { FolderBlobStore } from '../../../src/infrastructure/blob-store/folder-blob-store.ts';
import { quotationPdf } from '../../../src/infrastructure/documents/quotation-pdf.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { type Death, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { shellOn } from '../../kit/shell.ts';
import { importShipped } from '../../kit/shipped-catalogs.ts';

export const customerId = id('Sur');
export const accountId = id('Sur norte');
export const requestId = id('request');
export const quotationId = id('quotation');
const timeZone = 'America/Guatemala';
const place = { currency: 'GTQ', country: 'GT', timeZone } as const;
const customer = emit(customerEvents);
const catalogs = ['tax', 'quotation-policy', 'company-profile', 'uom', 'document-category', 'zona', 'municipio', 'country'];

export const started = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'printing-'));
  const log = new MemoryEventLog();
  await importShipped(log, catalogs);
  const fiscal = { kind: 'fiscal', isPrimary: true, street: '5a avenida 1-23', zona: '0101-01', municipio: '0101', country: 'GT' } as const;
  await happened(
    log,
    `customer-${customerId}`,
    customer('CustomerRegistered', { customerName: 'Hotel Los Árboles', customerClass: 'enterprise', ...place }),
    customer('AccountOpened', { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place }),
    customer('LegalEntityAdded', { legalEntityId: id('SA'), legalName: 'Los Árboles, S. A.', taxIdKind: 'nit', taxId: '12345678', country: 'GT' }),
    customer('AddressAdded', { addressId: id('office'), ...fiscal }),
  );
  const steps = { quotation: true, review: false, schedule: true, manifest: false, evidence: [], reopenWindowDays: 30, autoCloseDays: 3 };
  const said = { description: 'a pit', details: {}, detailsSchemaVersion: id('schema'), policy: steps, timeZone, country: 'GT' };
  const request = emit(serviceRequestEvents);
  const asked = { requestNumber: 7, customerId, accountId, serviceType: 'fosas', urgency: 'normal', ...said };
  await happened(log, `serviceRequest-${requestId}`, request('RequestSubmitted', asked), request('RequestReviewStarted', {}));
  const blobs = await FolderBlobStore.open(folder);
  const office = (over: EventLog) => {
    const { states, commands } = shellOn(over, model, { [accountId]: customerId });
    const clock = () => now;
    const uploads = new Uploads({ states, commands, blobs, clock, bytesMax: 10_000_000 });
    const ports = { printer: quotationPdf(), past: new PastStates({ log: over, states }), uploads, clock };
    return new EffectRunner(quotationPrinting, { log: over, states, commands, clock, ports });
  };
  const people = shellOn(log, model, { [accountId]: customerId });
  let given = 0;
  /** Keyed, so that the same acts in another world make the same ids. */
  const give = (type: string, data: Readonly<Record<string, unknown>>) => {
    given += 1;
    return people.send('quotation', quotationId, type, data, { key: `act ${given}` });
  };
  const write = async (): Promise<void> => {
    await give('DraftQuotation', { requestId, currency: 'GTQ', advanceRate: '0.2', notes: 'Acceso libre.' });
    const line = { description: 'Vaciado de fosa', quantity: '2.5', uom: 'MTQ', unitPrice: { amount: '400', currency: 'GTQ' }, tax: 'gt-iva-12' };
    await give('AddQuotationLine', line);
  };
  /** Hands everything over, again and again on a new node, until nobody dies of it. Says how often somebody did. */
  const print = async (death?: Death): Promise<number> => {
    let mortal = new MortalLog(log, death);
    let died = 0;
    while ((await Promise.race([office(mortal).handle(log.events), mortal.died])) === 'died') {
      died += 1;
      mortal = new MortalLog(log);
    }
    return died;
  };
  return { log, blobs, give, write, print, states: people.states, send: people.send, stop: () => rm(folder, { recursive: true, force: true }) };
};
export type Started = Awaited<ReturnType<typeof started>>;
