import { describe, expect, test } from '@jest/globals';
import { workOrder } from '../../../src/domain/work-order/decider.ts';
import { id } from '../../kit/decider.ts';
import {
  assigned,
  cancelled,
  closed,
  completed,
  event,
  facts,
  lineOf,
  opened,
  opening,
  paused,
  reading,
  reopened,
  saidLine,
  started,
  techId,
  unitId,
  usd,
  words,
} from './kit.ts';

const { given } = words;
const pending = event('CostApprovalRequested', { amount: usd('0.00') });
const states = {
  absent: [],
  open: [opened, assigned],
  in_progress: [opened, assigned, started],
  paused: [opened, assigned, started, paused],
  completed: [opened, assigned, started, completed],
  reopened: [opened, assigned, started, completed, reopened],
  closed: [opened, assigned, started, completed, closed],
  cancelled: [opened, assigned, cancelled],
} as const;
const amount = usd('0.00');
const commands = {
  OpenWorkOrder: opening,
  DescribeWorkOrder: { description: 'Doors' },
  AttachToWorkOrder: { attachmentId: id('photo') },
  AssignTechnician: { technicianId: id('other tech') },
  UnassignTechnician: { technicianId: techId },
  AddOrderLine: saidLine('10.00'),
  ChangeOrderLine: { lineId: id('none'), ...saidLine('10.00') },
  RemoveOrderLine: { lineId: id('none') },
  CarryOverRoadsideCosts: { roadsideId: id('job'), parts: [], fees: usd('5.00') },
  MarkRework: { lineId: id('none'), reworkOf: { workOrderId: unitId, lineId: unitId } },
  RequestCostApproval: {},
  ApproveCost: { amount },
  ApproveLargeCost: { amount },
  RejectCost: { amount, reason: 'too much' },
  SignWorkOrder: { signedBy: 'Ana', attachmentId: id('signature') },
  StartWorkOrder: {},
  ClockIn: { technicianId: techId },
  ClockOut: { technicianId: techId },
  PauseWorkOrder: { reason: 'parts' },
  ResumeWorkOrder: {},
  CompleteWorkOrder: { closingReadings: [reading] },
  ReopenWorkOrder: { reason: 'again' },
  CancelWorkOrder: { reason: 'not needed' },
  CallOffWorkOrder: { reason: 'the request is cancelled' },
  CloseCosts: {},
  CloseCostsWhenDue: { completion: 1 },
} as const;
type Command = keyof typeof commands;
type State = keyof typeof states;

const no = 'notAllowedNow';
const refusedAll = Object.fromEntries(Object.keys(commands).map((command) => [command, no])) as Record<Command, string>;
const anywhere = {
  OpenWorkOrder: '-',
  DescribeWorkOrder: 'WorkOrderDescribed',
  AttachToWorkOrder: 'WorkOrderAttached',
  AssignTechnician: 'TechnicianAssigned',
  UnassignTechnician: 'TechnicianUnassigned',
  MarkRework: '-',
  CloseCostsWhenDue: '-',
};
const lines = { AddOrderLine: 'OrderLineAdded', ChangeOrderLine: 'unknownLine', RemoveOrderLine: '-', CarryOverRoadsideCosts: 'OrderLineAdded' };
const approvals = {
  RequestCostApproval: 'CostApprovalRequested',
  ApproveCost: 'noApprovalPending',
  ApproveLargeCost: 'noApprovalPending',
  RejectCost: 'noApprovalPending',
};
const atWork = {
  ...refusedAll,
  ...anywhere,
  ...lines,
  ...approvals,
  SignWorkOrder: 'WorkOrderSigned',
  StartWorkOrder: '-',
  ResumeWorkOrder: '-',
  ClockIn: 'TechnicianClockedIn',
  ClockOut: '-',
  PauseWorkOrder: 'WorkOrderPaused',
  CompleteWorkOrder: 'WorkOrderCompleted',
  CancelWorkOrder: 'WorkOrderCancelled',
  CallOffWorkOrder: 'begun',
};
const over = { ...refusedAll, OpenWorkOrder: '-', MarkRework: '-', CloseCostsWhenDue: '-' };
const table: Readonly<Record<Exclude<State, 'absent'>, Readonly<Record<Command, string>>>> = {
  open: {
    ...refusedAll,
    ...anywhere,
    ...lines,
    ...approvals,
    StartWorkOrder: 'WorkOrderStarted',
    CancelWorkOrder: 'WorkOrderCancelled',
    CallOffWorkOrder: 'WorkOrderCancelled',
  },
  in_progress: atWork,
  paused: {
    ...refusedAll,
    ...anywhere,
    ...approvals,
    SignWorkOrder: 'WorkOrderSigned',
    PauseWorkOrder: '-',
    ResumeWorkOrder: 'WorkOrderResumed',
    CancelWorkOrder: 'WorkOrderCancelled',
    CallOffWorkOrder: 'begun',
    CarryOverRoadsideCosts: 'OrderLineAdded',
  },
  completed: {
    ...refusedAll,
    ...anywhere,
    CompleteWorkOrder: '-',
    ReopenWorkOrder: 'WorkOrderReopened',
    CloseCosts: 'WorkOrderClosed',
    CloseCostsWhenDue: 'WorkOrderClosed',
  },
  reopened: { ...atWork, ReopenWorkOrder: '-' },
  closed: { ...over, CloseCosts: '-' },
  cancelled: { ...over, CancelWorkOrder: '-', CallOffWorkOrder: '-' },
};
const outcomeOf = (decision: unknown): string => (Array.isArray(decision) ? (decision.at(-1)?.type ?? '-') : (decision as { readonly code: string }).code);

describe('the state machine of a work order', () => {
  test('SR-1 every state × every command does what the table says, and a refusal lists what is allowed', () => {
    expect(Object.keys(commands).sort()).toEqual(Object.keys(workOrder.commands).sort());
    for (const [state, row] of Object.entries(table)) {
      for (const [type, data] of Object.entries(commands)) {
        const { decision } = given(...states[state as State]).when(type as Command, data as never, { facts });
        expect({ state, type, outcome: outcomeOf(decision) }).toEqual({ state, type, outcome: row[type as Command] });
        if (outcomeOf(decision) !== no) continue;
        const taken = Object.entries(row)
          .filter(([name, outcome]) => outcome !== no && outcome !== '-' && !['CloseCostsWhenDue', 'CarryOverRoadsideCosts', 'CallOffWorkOrder'].includes(name))
          .map(([name]) => name);
        expect({ state, ...(decision as { readonly details: object }).details }).toMatchObject({ allowed: expect.arrayContaining(taken) });
      }
    }
  });

  test('SR-1 an order begins with being opened', () => {
    expect(outcomeOf(given().when('OpenWorkOrder', opening, { facts }).decision)).toBe('WorkOrderOpened');
  });

  test('SR-4 TE-10 the approval beside it: every state of approval × every command of it', () => {
    const line = lineOf('line', '600.00');
    const asked = event('CostApprovalRequested', { amount: usd('600.00') });
    const approved = event('CostApproved', { amount: usd('600.00') });
    const rejected = event('CostRejected', { amount: usd('600.00'), reason: 'too much' });
    const base = [opened, started, line] as const;
    const approvalTable = {
      none: {
        history: [],
        RequestCostApproval: 'CostApprovalRequested',
        ApproveCost: 'noApprovalPending',
        RejectCost: 'noApprovalPending',
        CompleteWorkOrder: 'approvalNeeded',
      },
      pending: { history: [asked], RequestCostApproval: '-', ApproveCost: 'CostApproved', RejectCost: 'CostRejected', CompleteWorkOrder: 'approvalNeeded' },
      approved: {
        history: [asked, approved],
        RequestCostApproval: '-',
        ApproveCost: '-',
        RejectCost: 'noApprovalPending',
        CompleteWorkOrder: 'WorkOrderCompleted',
      },
      rejected: {
        history: [asked, rejected],
        RequestCostApproval: 'CostApprovalRequested',
        ApproveCost: 'noApprovalPending',
        RejectCost: '-',
        CompleteWorkOrder: 'approvalNeeded',
      },
    } as const;
    const data = {
      RequestCostApproval: {},
      ApproveCost: { amount: usd('600.00') },
      RejectCost: { amount: usd('600.00'), reason: 'too much' },
      CompleteWorkOrder: { closingReadings: [reading] },
    } as const;
    const checker = { facts, actor: { kind: 'user', id: id('manager') } } as const;
    for (const [approval, { history, ...row }] of Object.entries(approvalTable)) {
      for (const [type, expected] of Object.entries(row)) {
        const { decision } = given(...base, ...history).when(type as keyof typeof data, data[type as keyof typeof data] as never, checker);
        expect({ approval, type, outcome: outcomeOf(decision) }).toEqual({ approval, type, outcome: expected });
      }
    }
    expect(outcomeOf(given(opened, pending).when('ApproveCost', { amount }, checker).decision)).toBe('CostApproved');
  });
});
