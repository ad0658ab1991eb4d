import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { quotations } from '../../../src/application/processes/quotation.ts';
import type { PresentAttachment } from '../../../src/domain/attachment/state.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { model } from '../../../src/domain/model.ts';
import { hashOf, type PresentQuotation } from '../../../src/domain/quotation/state.ts';
import { killedAnywhere, Machine } from '../../kit/machine.ts';
import { pagesOf, wordsOf } from '../../kit/pdf-text.ts';
import { shellOn } from '../../kit/shell.ts';
import { accountId, customerId, quotationId, type Started, started } from './printing-world.ts';

let world: Started;
beforeEach(async () => {
  world = await started();
});
afterEach(() => world.stop());

const quotation = async () => (await world.states.loadFresh('quotation', quotationId)).state as PresentQuotation;
const papers = () => world.log.events.filter(({ type }) => type === 'QuotationDocumentAttached');
const attachment = async (attachmentId: unknown) => (await world.states.loadFresh('attachment', String(attachmentId))).state as PresentAttachment;
const contentOf = async (attachmentId: unknown): Promise<Buffer> => {
  const [version] = (await attachment(attachmentId)).versions;
  const blob = await world.blobs.read(version?.storageKey ?? '');
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob?.content ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const textOf = async (attachmentId: unknown) => wordsOf(pagesOf(await contentOf(attachmentId)).flat());
const issue = async () => {
  await world.write();
  expect(await world.give('IssueQuotation', {})).toMatchObject({ kind: 'accepted' });
};

describe('the paper of an issued quotation', () => {
  test('ES-10 is the customer’s attachment, stored with the hash of its bytes, and says what was issued', async () => {
    await issue();
    await world.print();
    const [paper, ...more] = papers();
    expect(more).toEqual([]);
    expect(paper?.data).toMatchObject({ role: 'quotation', revision: 1 });
    const { customerId: owner, accountId: account, documentCategory, versions } = await attachment(paper?.data['attachmentId']);
    expect({ owner, account, documentCategory }).toEqual({ owner: customerId, account: accountId, documentCategory: 'quotation' });
    const content = await contentOf(paper?.data['attachmentId']);
    expect(versions).toMatchObject([
      { name: 'Cotización Q-2026-000001 rev. 1.pdf', mimeType: 'application/pdf', sha256: createHash('sha256').update(content).digest('hex') },
    ]);
    const text = await textOf(paper?.data['attachmentId']);
    for (const wanted of [
      ...['Hotel Los Árboles', 'Los Árboles, S. A.', 'NIT 12345678', '5a avenida 1-23', 'Zona 1, Guatemala, Guatemala', 'Cuenta: Norte', 'No. 7'],
      ...['Empresa de ejemplo, S. A.', 'Vaciado de fosa', 'IVA 12 %', 'Q 1,000.00', 'Anticipo', 'Q 200.00', 'Acceso libre.', hashOf(await quotation())],
    ])
      expect([wanted, text.includes(wanted)]).toEqual([wanted, true]);
  });

  test('has the head that the company gave itself, from then on', async () => {
    const attributes = { legalName: 'Servicios Propios, S. A.', taxId: 'NIT 765432-1', phone: '+502 2333 4444' };
    const own = { code: 'own', name: 'Own company', attributes };
    await world.send('catalog', catalogId('company-profile'), 'DefineEntry', { entry: own });
    await issue();
    await world.send('catalog', catalogId('company-profile'), 'ChangeEntry', { entry: { ...own, attributes: { legalName: 'Otra, S. A.' } } });
    await world.print();
    const text = await textOf(papers()[0]?.data['attachmentId']);
    for (const wanted of ['Servicios Propios, S. A.', 'NIT 765432-1', 'Tel. +502 2333 4444']) expect(text).toContain(wanted);
    expect(text).not.toContain('Otra, S. A.');
  });

  test('ES-8 is there exactly once, wherever the node that makes it dies, and redelivered makes nothing', async () => {
    await issue();
    const issuedAt = world.log.events.length;
    await world.print();
    const whole = world.log.events.slice(issuedAt);
    const content = await contentOf(papers()[0]?.data['attachmentId']);
    await world.print();
    expect(world.log.events.length).toBe(issuedAt + whole.length);
    const kills = await killedAnywhere(async (death) => {
      await world.stop();
      world = await started();
      await issue();
      const died = await world.print(death);
      expect(world.log.events.slice(issuedAt).map(({ type, stream }) => `${stream} ${type}`)).toEqual(whole.map(({ type, stream }) => `${stream} ${type}`));
      expect((await contentOf(papers()[0]?.data['attachmentId'])).equals(content)).toBe(true);
      return died > 0;
    });
    expect(kills).toBeGreaterThan(10);
  });

  test('QC-1 is that of the moment of its issue, however late it is made, and comes also after the customer’s answer', async () => {
    await issue();
    const before = hashOf(await quotation());
    await world.send('customer', customerId, 'ChangeCustomer', {
      customerName: 'Otro nombre',
      customerClass: 'enterprise',
      currency: 'GTQ',
      country: 'GT',
      timeZone: 'America/Guatemala',
    });
    await world.give('ReviseQuotation', {});
    const line = { description: 'Otra cosa', quantity: '1', unitPrice: { amount: '9', currency: 'GTQ' }, tax: 'none' };
    await world.give('AddQuotationLine', line);
    await world.print();
    const [late] = papers();
    const text = await textOf(late?.data['attachmentId']);
    expect(text).toContain('Hotel Los Árboles');
    expect(text).toContain(before);
    expect(text).not.toContain('Otra cosa');
    // The second revision has a paper of its own, made when it is already accepted.
    expect(await world.give('IssueQuotation', {})).toMatchObject({ kind: 'accepted' });
    expect(await world.give('AcceptQuotation', { revision: 2, contentHash: hashOf(await quotation()), name: 'Rosa' })).toMatchObject({ kind: 'accepted' });
    await world.print();
    expect(papers().map(({ data }) => data['revision'])).toEqual([1, 2]);
    expect(await textOf(papers()[1]?.data['attachmentId'])).toContain('Otra cosa');
  });

  test('ES-10 hangs on its quotation from then on: nobody removes it, nor does the day’s cleaning', async () => {
    await issue();
    await world.print();
    const node = (log: Parameters<typeof shellOn>[0]) => shellOn(log, model, { [accountId]: customerId });
    await new Machine(world.log, { node, processes: [quotations], events: () => world.log.events, checkpoints: new Map() }).drain();
    const attachmentId = String(papers()[0]?.data['attachmentId']);
    expect((await attachment(attachmentId)).links).toEqual([`quotation/${quotationId}`]);
    expect(await world.send('attachment', attachmentId, 'RemoveUnlinkedAttachment', {})).toMatchObject({ kind: 'unchanged' });
    expect(await world.send('attachment', attachmentId, 'RemoveAttachment', { reason: 'x' })).toMatchObject({ rejection: { code: 'linked' } });
  });
});
