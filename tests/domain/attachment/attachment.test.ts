import { describe, expect, test } from '@jest/globals';
import { attachment } from '../../../src/domain/attachment/decider.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import { customer } from '../../../src/domain/customer/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { type EventOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { contextOf, id, now, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, fold } = scenarios(attachment);
const event = emit(attachmentEvents);
const aCustomer = emit(customerEvents);
type Event = EventOf<typeof attachmentEvents>;
type Name = keyof typeof attachment.commands & string;

const customerId = id('customer');
const accountId = id('account');
const uploadId = id('made:0');
const tenantFacts = {
  [`customer-${customerId}`]: scenarios(customer).fold([
    aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' }),
    aCustomer('AccountOpened', {
      accountId,
      accountName: 'A',
      accountNumber: 'A',
      accountType: 'REGIONAL',
      currency: 'GTQ',
      country: 'GT',
      timeZone: 'America/Guatemala',
    }),
  ]),
};
const kept = (retentionMonths: number) => ({
  facts: {
    [`catalog-${catalogId('document-category')}`]: {
      name: 'document-category',
      entries: { insurance: { isActive: true, entry: { code: 'insurance', name: 'Insurance', attributes: { retentionMonths } } } },
    },
  },
});

const declared = { name: 'policy.pdf', declaredType: 'application/pdf', declaredSizeBytes: 1234 } as const;
const begin = { customerId, documentCategory: 'insurance', ...declared } as const;
const announced = { ...begin, uploadId, removeUnlinkedAt: '2026-03-02T12:00:00.000Z' } as const;
const begun = event('AttachmentUploadBegun', announced);
const content = { uploadId, sizeBytes: 1234, sha256: 'ab'.repeat(32), mimeType: 'application/pdf', storageKey: 'a/b/c' } as const;
const stored = event('AttachmentStored', { ...content, version: 1, name: 'policy.pdf' });
const target = { category: 'agreement', targetId: id('agreement') } as const;
const linked = event('AttachmentLinked', target);
const removed = event('AttachmentRemoved', { reason: 'x' });
const retained = (until: string) => event('AttachmentRetained', { until, reason: 'x' });

describe('an upload', () => {
  test('is announced once, for the caller’s own customer whatever the body says (TE-1)', () => {
    given().when('BeginUpload', begin, { facts: tenantFacts }).then(begun).andRepeatedNothing();
    given(begun)
      .when('BeginUpload', { ...begin, name: 'other.pdf' })
      .thenRejected('alreadyBegun');
    const { customerId: _whose, ...plain } = begin;
    given().when('BeginUpload', plain, { tenant: customerId }).then(begun).andRepeatedNothing();
    given()
      .when('BeginUpload', { ...begin, customerId: id('another') }, { tenant: customerId })
      .then(begun);
    given().when('BeginUpload', plain).thenTypes('AttachmentUploadBegun');
    expect(attachment.tenantOf(given().when('BeginUpload', plain).state, id('self'))).toBeNull();
  });

  test('is for an account of that customer, where it is for one', () => {
    given()
      .when('BeginUpload', { ...begin, accountId }, { facts: tenantFacts })
      .thenTypes('AttachmentUploadBegun');
    given()
      .when('BeginUpload', { ...begin, accountId: id('no account') }, { facts: tenantFacts })
      .thenRejected('unknownAccount');
    const { customerId: _whose, ...plain } = begin;
    given()
      .when('BeginUpload', { ...plain, accountId }, { facts: tenantFacts })
      .thenRejected('unknownAccount');
    expect(attachment.accountOf?.(fold([event('AttachmentUploadBegun', { ...announced, accountId })]), '')).toBe(accountId);
  });

  test('ES-10 is stored once, with the hash of its content; another content for it is refused', () => {
    given(begun).when('StoreUpload', content).then(stored).andRepeatedNothing();
    given(begun, stored)
      .when('StoreUpload', { ...content, sha256: 'cd'.repeat(32) })
      .thenRejected('notUploading');
    given(begun)
      .when('StoreUpload', { ...content, uploadId: id('another') })
      .thenRejected('notUploading');
  });

  test('that was refused is over; the file can be announced again', () => {
    const rejected = { uploadId, reason: 'otherType', message: 'x' } as const;
    given(begun).when('RejectUpload', rejected).then(event('AttachmentRejected', rejected)).andRepeatedNothing();
    given(begun, event('AttachmentRejected', rejected)).when('StoreUpload', content).thenRejected('notUploading');
    given(begun, event('AttachmentRejected', rejected))
      .when('BeginVersion', declared)
      .then(event('AttachmentVersionBegun', { ...declared, uploadId }));
  });

  test('of a newer version leaves the earlier ones as they are (ES-10)', () => {
    const second = { ...content, uploadId: id('second'), sha256: 'cd'.repeat(32) };
    const { state } = given(begun, stored, event('AttachmentVersionBegun', { ...declared, name: 'new.pdf', uploadId: id('second') })).when(
      'StoreUpload',
      second,
    );
    expect(state).toMatchObject({
      versions: [
        { version: 1, sha256: 'ab'.repeat(32) },
        { version: 2, sha256: 'cd'.repeat(32), name: 'new.pdf' },
      ],
    });
  });
});

describe('what hangs on an attachment', () => {
  test('is counted once a thing, a part of a thing apart', () => {
    given(begun, stored).when('LinkAttachment', target).then(linked).andRepeatedNothing();
    const part = { ...target, partId: id('schedule') };
    given(begun, stored, linked).when('LinkAttachment', part).then(event('AttachmentLinked', part));
    given(begun, stored, linked).when('UnlinkAttachment', target).then(event('AttachmentUnlinked', target)).andRepeatedNothing();
    given(begun, stored, linked).when('UnlinkAttachment', part).thenNothing();
  });

  test('ES-10 keeps it from being removed; so does its retention, through its last day', () => {
    given(begun, stored, linked).when('RemoveAttachment', { reason: 'x' }).thenRejected('linked');
    given(begun, stored, linked, event('AttachmentUnlinked', target)).when('RemoveAttachment', { reason: 'x' }).then(removed);
    given(begun, stored, retained('2026-03-01')).when('RemoveAttachment', { reason: 'x' }).thenRejected('retained');
    given(begun, stored, retained('2026-03-01')).when('RemoveUnlinkedAttachment', {}).thenNothing();
    given(begun, stored, retained('2026-02-28')).when('RemoveAttachment', { reason: 'x' }).then(removed);
  });

  test('ES-10 makes the kind’s retention begin; it only ever grows', () => {
    given(begun, stored)
      .when('LinkAttachment', target, kept(14))
      .then(linked, event('AttachmentRetained', { until: '2027-05-01', reason: 'Kept 14 months as insurance.' }));
    given(begun, stored, retained('2028-01-01')).when('LinkAttachment', target, kept(14)).then(linked);
    given(begun, stored).when('LinkAttachment', target, kept(0)).then(linked);
    given(begun, stored, retained('2027-01-01')).when('RetainAttachment', { until: '2026-12-31', reason: 'x' }).thenRejected('notLater');
    given(begun, stored, retained('2027-01-01')).when('RetainAttachment', { until: '2027-01-01', reason: 'y' }).thenNothing();
  });

  test('P18 what nothing ever linked to within a day is removed; what was linked once is not removed silently', () => {
    given(begun).when('RemoveUnlinkedAttachment', {}).thenTypes('AttachmentRemoved');
    given(begun, stored, linked, event('AttachmentUnlinked', target)).when('RemoveUnlinkedAttachment', {}).thenNothing();
    expect(attachment.deadlines?.AttachmentUploadBegun?.(announced, '')).toEqual([
      { change: 'set', name: 'unlinked', dueAt: '2026-03-02T12:00:00.000Z', command: 'RemoveUnlinkedAttachment', data: {} },
    ]);
    expect(attachment.deadlines?.AttachmentLinked?.(target, '')).toEqual([{ change: 'cancel', name: 'unlinked' }]);
  });
});

describe('an expiry', () => {
  const expiring = (expiresOn: string) => event('AttachmentExpirySet', { expiresOn, timeZone: 'America/Guatemala' });

  test('PM-10 is watched in its owner’s days: 60, 30 and 7 days before, and on the day after', () => {
    given(begun, stored).when('SetAttachmentExpiry', { expiresOn: '2026-06-30' }, { facts: tenantFacts }).then(expiring('2026-06-30')).andRepeatedNothing();
    const set = attachment.deadlines?.AttachmentExpirySet?.({ expiresOn: '2026-06-30', timeZone: 'America/Guatemala' }, '') ?? [];
    expect(set.map((each) => (each.change === 'set' ? [each.name, each.dueAt] : []))).toEqual([
      ['expiry:60', '2026-05-01T06:00:00.000Z'],
      ['expiry:30', '2026-05-31T06:00:00.000Z'],
      ['expiry:7', '2026-06-23T06:00:00.000Z'],
      ['expiry', '2026-07-01T06:00:00.000Z'],
    ]);
  });

  test('PM-10 a renewal silences what the earlier expiry had set; clearing silences all', () => {
    const due = { expiresOn: '2026-03-31' };
    const quiet = [[expiring('2027-03-31')], [event('AttachmentExpiryCleared', {})]];
    given(begun, stored, expiring('2026-03-31')).when('ExpireAttachment', due).then(event('AttachmentExpired', due)).andRepeatedNothing();
    given(begun, stored, expiring('2026-03-31'))
      .when('RemindOfAttachmentExpiry', { ...due, daysLeft: 30 })
      .then(event('AttachmentExpiryNear', { ...due, daysLeft: 30 }))
      .andRepeatedNothing();
    for (const later of quiet) {
      given(begun, stored, expiring('2026-03-31'), ...later)
        .when('ExpireAttachment', due)
        .thenNothing();
      given(begun, stored, expiring('2026-03-31'), ...later)
        .when('RemindOfAttachmentExpiry', { ...due, daysLeft: 30 })
        .thenNothing();
    }
    given(begun, stored, expiring('2026-03-31')).when('ClearAttachmentExpiry', {}).thenTypes('AttachmentExpiryCleared');
    given(begun, stored).when('ClearAttachmentExpiry', {}).thenNothing();
  });

  test('PM-10 however late the reminders come, at most one speaks, the nearest; each at most once', () => {
    const days = fc.integer({ min: -90, max: 90 });
    const delivery = fc.record({ after: fc.nat({ max: 30 }), daysLeft: fc.constantFrom(60, 30, 7) });
    fc.assert(
      fc.property(days, fc.array(delivery, { maxLength: 12, size: 'max' }), (untilExpiry, deliveries) => {
        const expiresOn = addDays(now.slice(0, 10), untilExpiry);
        let state = fold([begun, stored, expiring(expiresOn)]);
        const spoken: number[] = [];
        let elapsed = 0;
        for (const { after, daysLeft } of deliveries) {
          elapsed += after;
          const today = addDays(now.slice(0, 10), elapsed);
          // The scheduler gives nothing before its day.
          if (today < addDays(expiresOn, -daysLeft)) continue;
          const decision = attachment.decide.RemindOfAttachmentExpiry(state, { expiresOn, daysLeft }, contextOf({ now: `${today}T12:00:00.000Z` }));
          if (isRejection<string>(decision) || decision.length === 0) continue;
          state = fold(decision, state);
          spoken.push(daysLeft);
          const nearer = [60, 30, 7].filter((each) => each < daysLeft && today >= addDays(expiresOn, -each));
          expect(nearer).toEqual([]);
          expect(today <= expiresOn).toBe(true);
        }
        expect(new Set(spoken).size).toBe(spoken.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file about a person', () => {
  const subjectId = id('person');
  const about = event('AttachmentUploadBegun', { ...announced, subjectId, name: 'insurance' });
  const gone = event('AttachmentRemoved', { reason: 'The person it is about is forgotten.' });
  const deferred = (until: string) => event('AttachmentForgettingDeferred', { subjectId, until, reason: 'x', timeZone: 'UTC' });

  test('ES-12 is named by its category, in every version: what somebody called it is in no event', () => {
    given()
      .when('BeginUpload', { ...begin, subjectId, name: 'DPI of Ana Pérez.pdf' }, { facts: tenantFacts })
      .then(about)
      .andRepeatedNothing();
    given(about, stored)
      .when('BeginVersion', { ...declared, name: 'Ana, newer.pdf' })
      .then(event('AttachmentVersionBegun', { ...declared, name: 'insurance', uploadId }));
  });

  test('ES-12 goes when the person is forgotten, whatever hangs on it; what is about nobody stays', () => {
    given(about, stored, linked).when('ForgetAttachment', {}).then(gone);
    given(about).when('ForgetAttachment', {}).then(gone);
    given(begun, stored).when('ForgetAttachment', {}).then();
  });

  test('ES-10 ES-12 that must be kept goes on the day after, also where it must be kept for longer meanwhile', () => {
    const lastDay = { now: '2026-05-01T23:59:59.000Z' };
    const dayAfter = { now: '2026-05-02T00:00:00.000Z' };
    given(about, stored, retained('2026-05-01')).when('ForgetAttachment', {}).then(deferred('2026-05-01')).andRepeatedNothing();
    given(about, stored, retained('2026-05-01'), deferred('2026-05-01')).when('ForgetAttachment', {}, lastDay).then();
    given(about, stored, retained('2026-05-01'), deferred('2026-05-01')).when('ForgetAttachment', {}, dayAfter).then(gone);
    const longer = [about, stored, retained('2026-05-01'), deferred('2026-05-01'), retained('2026-06-01')];
    given(...longer)
      .when('ForgetAttachment', {}, dayAfter)
      .then(deferred('2026-06-01'));
    expect(attachment.deadlines?.AttachmentForgettingDeferred?.({ subjectId, until: '2026-05-01', timeZone: 'UTC' }, id('self'))).toEqual([
      { change: 'set', name: 'forget', dueAt: '2026-05-02T00:00:00.000Z', command: 'ForgetAttachment', data: {} },
    ]);
  });
});

describe('a confidential file', () => {
  const asked = { documentCategory: 'insurance', ...declared, name: 'Threat of Ana.pdf' };
  const named = { ...declared, name: 'insurance' };
  const confidential = event('AttachmentUploadBegun', {
    ...named,
    documentCategory: 'insurance',
    isConfidential: true,
    uploadId,
    removeUnlinkedAt: '2026-03-02T12:00:00.000Z',
  });
  const isOn = (...history: readonly Event[]) => attachment.restriction?.isOn(fold(history));

  test('TE-11 is the company’s own, is named by its category, and is so from its first event to after its last', () => {
    given().when('BeginConfidentialUpload', asked).then(confidential).andRepeatedNothing();
    given(confidential).when('BeginUpload', begin).thenRejected('alreadyBegun');
    given(confidential)
      .when('BeginVersion', { ...declared, name: 'Again.pdf' })
      .then(event('AttachmentVersionBegun', { ...named, uploadId }));
    expect([isOn(confidential), isOn(confidential, stored), isOn(confidential, removed)]).toEqual([true, true, true]);
    expect(attachment.tenantOf(fold([confidential]), 'any')).toBeNull();
  });

  test('TE-11 is also what an incident named before that had to be announced, for ever', () => {
    const link = { category: 'restricted', targetId: id('opaque') };
    const named = event('AttachmentLinked', link);
    expect([isOn(begun), isOn(begun, stored, linked), isOn(begun, stored, removed), isOn()]).toEqual([false, false, false, false]);
    expect([isOn(begun, named), isOn(begun, named, event('AttachmentUnlinked', link), removed)]).toEqual([true, true]);
  });
});

describe('an attachment, every situation × every command', () => {
  const commands: { readonly [K in Name]: Parameters<(typeof attachment.decide)[K]>[1] } = {
    BeginUpload: { ...begin, name: 'another.pdf' },
    BeginConfidentialUpload: { documentCategory: 'insurance', ...declared },
    BeginVersion: declared,
    StoreUpload: content,
    RejectUpload: { uploadId, reason: 'otherSize', message: 'x' },
    LinkAttachment: { ...target, partId: id('part') },
    UnlinkAttachment: target,
    RetainAttachment: { until: '2027-01-01', reason: 'x' },
    SetAttachmentExpiry: { expiresOn: '2027-01-01' },
    ClearAttachmentExpiry: {},
    RemindOfAttachmentExpiry: { expiresOn: '2026-04-01', daysLeft: 60 },
    ExpireAttachment: { expiresOn: '2026-04-01' },
    SetAttachmentMetadata: { metadata: { page: 1 } },
    RemoveAttachment: { reason: 'x' },
    RemoveUnlinkedAttachment: {},
    ForgetAttachment: {},
    RecordContentDeleted: {},
  };
  const outcomes = (history: readonly Event[]) =>
    Object.fromEntries(
      (Object.keys(commands) as readonly Name[]).map((name) => {
        const decide = attachment.decide[name] as (state: unknown, data: unknown, context: unknown) => ReturnType<(typeof attachment.decide)[Name]>;
        const decision = decide(fold(history), commands[name], contextOf());
        return [name, isRejection(decision) ? decision.code : decision.map(({ type }) => type).join()];
      }),
    );
  const uploading = {
    BeginUpload: 'alreadyBegun',
    BeginConfidentialUpload: 'alreadyBegun',
    BeginVersion: 'AttachmentVersionBegun',
    StoreUpload: 'AttachmentStored',
    RejectUpload: 'AttachmentRejected',
    LinkAttachment: 'AttachmentLinked',
    UnlinkAttachment: '',
    RetainAttachment: 'AttachmentRetained',
    SetAttachmentExpiry: 'AttachmentExpirySet',
    ClearAttachmentExpiry: '',
    RemindOfAttachmentExpiry: '',
    ExpireAttachment: '',
    SetAttachmentMetadata: 'AttachmentMetadataChanged',
    RemoveAttachment: 'AttachmentRemoved',
    RemoveUnlinkedAttachment: 'AttachmentRemoved',
    ForgetAttachment: '',
    RecordContentDeleted: 'notRemoved',
  };
  const expiring = event('AttachmentExpirySet', { expiresOn: '2026-04-01', timeZone: 'UTC' });

  test('uploading', () => expect(outcomes([begun])).toEqual(uploading));
  test('stored', () => expect(outcomes([begun, stored])).toEqual({ ...uploading, StoreUpload: '', RejectUpload: 'notUploading' }));
  test('linked and expiring', () =>
    expect(outcomes([begun, stored, linked, expiring])).toEqual({
      ...uploading,
      StoreUpload: '',
      RejectUpload: 'notUploading',
      UnlinkAttachment: 'AttachmentUnlinked',
      ClearAttachmentExpiry: 'AttachmentExpiryCleared',
      RemindOfAttachmentExpiry: 'AttachmentExpiryNear',
      ExpireAttachment: 'AttachmentExpired',
      RemoveAttachment: 'linked',
      RemoveUnlinkedAttachment: '',
    }));
  test('removed: gone for everybody but its own deletion, and its id is never used again', () => {
    expect(attachment.exists(fold([begun, removed]))).toBe(false);
    given(begun, removed).when('BeginUpload', begin).thenRejected('alreadyBegun');
    given(begun, removed).when('RecordContentDeleted', {}).then(event('AttachmentContentDeleted', {})).andRepeatedNothing();
    given().when('RecordContentDeleted', {}).thenRejected('notRemoved');
    expect(fold([begun, removed, stored])).toEqual(fold([begun, removed]));
  });
});
