/** STATES.md, "Quotation": every state × every command. */
import { describe, expect, test } from '@jest/globals';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { quotationCommands } from '../../../src/domain/quotation/commands.ts';
import { statuses } from '../../../src/domain/quotation/events.ts';
import type { Status } from '../../../src/domain/quotation/state.ts';
import { id } from '../../kit/decider.ts';
import { approver, type Event, given, gtq, leading, requestId, stateAfter, yes } from './kit.ts';

type Name = keyof typeof quotationCommands & string;
const names = Object.keys(quotationCommands) as readonly Name[];
const reason = { reason: 'another one' };
const line = { description: 'a fence', quantity: '1', unitPrice: gtq('9.00'), tax: 'gt-iva-12' };
/** Each would change something where it is taken. */
const commands: Readonly<Record<Name, (history: readonly Event[]) => object>> = {
  DraftQuotation: () => ({ requestId, currency: 'USD' }),
  SetQuotationTerms: () => ({ validDays: 7 }),
  AddQuotationLine: () => line,
  ChangeQuotationLine: () => ({ lineId: id('L1'), ...line }),
  RemoveQuotationLine: () => ({ lineId: id('L1') }),
  SubmitQuotation: () => ({}),
  ApproveQuotation: () => ({}),
  ApproveLargeQuotation: () => ({}),
  RejectQuotation: () => reason,
  IssueQuotation: () => ({}),
  ReviseQuotation: () => ({}),
  WithdrawQuotation: () => reason,
  AcceptQuotation: yes,
  DeclineQuotation: () => reason,
  ExpireQuotation: () => ({ revision: 1 }),
  LogFollowUp: () => ({ notes: 'called' }),
  RemindOfFollowUp: () => ({ followUpId: id('nobody') }),
  AttachQuotationDocument: () => ({ attachmentId: id('pdf'), role: 'quotation' }),
  RecordQuotationDocument: () => ({ attachmentId: id('made paper'), revision: 1 }),
  RecordQuotationAdvance: () => ({ paymentId: id('slip'), amount: gtq('10.00') }),
  ReverseQuotationAdvance: () => ({ paymentId: id('paid'), ...reason }),
  ApproveWorkBeforeAdvance: () => reason,
  SetQuotationMetadata: () => ({ metadata: { po: '7' } }),
};
const edits = { SetQuotationTerms: 'draft', AddQuotationLine: 'draft', ChangeQuotationLine: 'draft', RemoveQuotationLine: 'draft' } as const;
const notes = ['LogFollowUp', 'AttachQuotationDocument', 'SetQuotationMetadata'] as const;
const noting = (status: Status) => Object.fromEntries(notes.map((name) => [name, status]));
const withdrawn = { WithdrawQuotation: 'withdrawn' } as const;
/** By the table: where each command leads; every other one is refused there. */
const moves: Readonly<Record<Status, Readonly<Partial<Record<Name, Status>>>>> = {
  draft: { ...edits, SubmitQuotation: 'pending_approval', IssueQuotation: 'issued', ...withdrawn, ...noting('draft') },
  pending_approval: {
    ...edits,
    ApproveQuotation: 'approved',
    ApproveLargeQuotation: 'approved',
    RejectQuotation: 'draft',
    ...withdrawn,
    ...noting('pending_approval'),
  },
  approved: { ...edits, IssueQuotation: 'issued', ...withdrawn, ...noting('approved') },
  issued: { AcceptQuotation: 'accepted', DeclineQuotation: 'declined', ReviseQuotation: 'draft', ...withdrawn, ...noting('issued') },
  accepted: { RecordQuotationAdvance: 'accepted', ReverseQuotationAdvance: 'accepted', ApproveWorkBeforeAdvance: 'accepted' },
  declined: { ReviseQuotation: 'draft', ...noting('declined') },
  expired: { ReviseQuotation: 'draft', ...noting('expired') },
  withdrawn: {},
};
/** What holds already gives nothing. */
const holds: Readonly<Partial<Record<Name, Status>>> = {
  SubmitQuotation: 'pending_approval',
  ApproveQuotation: 'approved',
  ApproveLargeQuotation: 'approved',
  IssueQuotation: 'issued',
  AcceptQuotation: 'accepted',
  DeclineQuotation: 'declined',
  WithdrawQuotation: 'withdrawn',
};
/** The system's own never fail: they no longer fit, and change nothing. */
const quiet: readonly Name[] = ['ExpireQuotation', 'RemindOfFollowUp', 'RecordQuotationDocument'];
/** The paper of what was issued is recorded whatever has become of it. */
const papered: readonly Status[] = ['issued', 'accepted', 'declined', 'expired'];

describe.each(statuses)('a quotation that is %s', (status) => {
  const history = leading[status];
  test('is', () => expect(stateAfter(...history).status).toBe(status));

  test.each(names)('QC-1 takes %s, or refuses it and says what is allowed', (name) => {
    const { decision, state } = given(...history).when(name, commands[name](history) as never, approver);
    const to = name === 'RecordQuotationDocument' && papered.includes(status) ? status : moves[status][name];
    if (to !== undefined) {
      expect(decision).toHaveLength(1);
      expect(state).toMatchObject({ status: to });
    } else if (holds[name] === status || quiet.includes(name)) expect(decision).toEqual([]);
    else if (name === 'DraftQuotation') expect(decision).toMatchObject({ code: 'alreadyDrafted' });
    else {
      expect(decision).toMatchObject({ code: 'notAllowedNow', details: { status } });
      const allowed = isRejection(decision) ? decision.details?.['allowed'] : [];
      expect(new Set(allowed as readonly string[])).toEqual(new Set(Object.keys(moves[status])));
    }
  });
});
