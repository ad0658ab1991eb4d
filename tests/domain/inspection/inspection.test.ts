import { describe, expect, test } from '@jest/globals';
import { allowed, inspection, outOfServiceOf, retentionMonths } from '../../../src/domain/inspection/decider.ts';
import { inspectionEvents } from '../../../src/domain/inspection/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { addMonths } from '../../../src/domain/kernel/calendar.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { registeredVan, words as unitWords, zone } from '../equipment/kit.ts';

const { given, fold } = scenarios(inspection);
const event = emit(inspectionEvents);
const equipmentId = id('unit');
const facts = { [`equipment-${equipmentId}`]: unitWords.fold([registeredVan]) };
const on = (day: string) => ({ now: `${day}T12:00:00.000Z`, facts });
const record = { equipmentId, kind: 'roadside' as const, level: 'II', inspectedOn: '2026-03-01', inspectorName: 'Ana', result: 'failed' as const };
const recorded = (kind: 'annual' | 'roadside' | 'driver' = 'roadside') =>
  event('InspectionRecorded', { ...record, kind, certifyBy: '2026-03-16', retainedUntil: addMonths('2026-03-01', retentionMonths[kind]), timeZone: zone });
const violation = (name: string, isOutOfService: boolean) =>
  event('InspectionViolationAdded', { equipmentId, violationId: id(name), violationCode: '393.9', severity: 'major', isOutOfService, openOutOfService: 1 });
const correct = (name: string) => ({ violationId: id(name), action: 'New lamp', correctedBy: 'Shop', correctedOn: '2026-03-02' });
const corrected = (name: string, isOutOfService: boolean) =>
  event('InspectionViolationCorrected', { equipmentId, ...correct(name), isOutOfService, openOutOfService: 0 });
const certify = (certifiedOn: string) => ({ certifiedBy: 'Luis', certifiedOn });

describe('PM-8 49 CFR 396.9', () => {
  test('(c) the unit may run once its out-of-service items are repaired, before all are', () => {
    const history = [recorded(), violation('oos', true), violation('lamp', false)];
    const { state, decision } = given(...history).when('CorrectViolation', correct('oos'), on('2026-03-02'));
    expect(decision).toMatchObject([{ type: 'InspectionViolationCorrected', data: { openOutOfService: 0, isOutOfService: true } }]);
    if (state.situation === 'absent') throw new Error('there is none');
    expect(outOfServiceOf(state)).toEqual([]);
    given(...history)
      .when('CorrectViolation', correct('lamp'), on('2026-03-02'))
      .thenTypes('InspectionViolationCorrected');
  });

  test('(d) certification is refused while any is open, and recorded as late after fifteen days', () => {
    const open = [recorded(), violation('lamp', false)];
    given(...open)
      .when('CertifyInspection', certify('2026-03-03'), on('2026-03-03'))
      .thenRejected('violationsOpen');
    const mended = [...open, corrected('lamp', false)];
    const late = (day: string) => given(...mended).when('CertifyInspection', certify(day), on(day)).decision;
    expect(late('2026-03-16')).toMatchObject([{ data: { isLate: false } }]);
    expect(late('2026-03-17')).toMatchObject([{ type: 'InspectionCertificationOverdue' }, { type: 'InspectionCertified', data: { isLate: true } }]);
  });

  test('(d) overdue is raised once, and only where something was found and nobody certified it', () => {
    const open = [recorded(), violation('lamp', false)];
    const overdue = event('InspectionCertificationOverdue', { equipmentId, certifyBy: '2026-03-16' });
    given(...open)
      .when('RaiseCertificationOverdue', {}, on('2026-03-16'))
      .thenNothing();
    given(...open)
      .when('RaiseCertificationOverdue', {}, on('2026-03-17'))
      .then(overdue)
      .andRepeatedNothing();
    given(recorded()).when('RaiseCertificationOverdue', {}, on('2026-03-17')).thenNothing();
    given(...open)
      .when('RemindOfCertification', {}, on('2026-03-11'))
      .thenTypes('InspectionCertificationNear');
    given(...open, overdue)
      .when('RemindOfCertification', {}, on('2026-03-18'))
      .thenNothing();
    const set = inspection.deadlines?.InspectionRecorded?.(recorded().data as never, id('self')) ?? [];
    expect(set.map((each) => (each.change === 'set' ? each.dueAt : each))).toEqual(['2026-03-11T06:00:00.000Z', '2026-03-17T06:00:00.000Z']);
  });
});

describe('PM-8 what is told late is told all the same, once', () => {
  const added = { violationCode: '393.9', severity: 'minor' as const, isOutOfService: false };
  const overdue = event('InspectionCertificationOverdue', { equipmentId, certifyBy: '2026-03-16' });
  test('a violation written down after the day to certify is overdue at once, and the deadline says nothing more', () => {
    const late = given(recorded()).when('AddInspectionViolation', added, on('2026-03-20'));
    late.thenTypes('InspectionViolationAdded', 'InspectionCertificationOverdue');
    const history = [recorded(), ...(Array.isArray(late.decision) ? late.decision : [])];
    given(...history)
      .when('RaiseCertificationOverdue', {}, on('2026-03-21'))
      .thenNothing();
    given(...history)
      .when('AddInspectionViolation', { ...added, violationCode: '393.11' }, { ...on('2026-03-21'), newId: (n) => id(`second ${n}`) })
      .thenTypes('InspectionViolationAdded');
  });
  test('PM-10 one written down in the last days is reminded of at once, and once', () => {
    const near = given(recorded()).when('AddInspectionViolation', added, on('2026-03-12'));
    near.thenTypes('InspectionViolationAdded', 'InspectionCertificationNear');
    given(recorded(), ...(Array.isArray(near.decision) ? near.decision : []))
      .when('RemindOfCertification', {}, on('2026-03-13'))
      .thenNothing();
    given(recorded()).when('AddInspectionViolation', added, on('2026-03-10')).thenTypes('InspectionViolationAdded');
  });
  test('a late certification that comes before the deadline does raises overdue itself; one told late but made in time does not', () => {
    const mended = [recorded(), violation('lamp', false), corrected('lamp', false)];
    given(...mended)
      .when('CertifyInspection', certify('2026-03-16'), on('2026-03-25'))
      .thenTypes('InspectionCertified');
    given(...mended, overdue)
      .when('CertifyInspection', certify('2026-03-20'), on('2026-03-25'))
      .thenTypes('InspectionCertified');
    const late = given(...mended).when('CertifyInspection', certify('2026-03-20'), on('2026-03-25'));
    late.thenTypes('InspectionCertificationOverdue', 'InspectionCertified');
    given(...mended, ...(Array.isArray(late.decision) ? late.decision : []))
      .when('RaiseCertificationOverdue', {}, on('2026-03-26'))
      .thenNothing();
  });
});

describe('PM-7 an annual inspection that does not stand after all', () => {
  const passed = event('InspectionPassed', { equipmentId, inspectedOn: '2026-03-01' });
  const passWithdrawn = event('InspectionPassWithdrawn', { equipmentId, inspectedOn: '2026-03-01' });
  const annual = [recorded('annual'), violation('lamp', false), corrected('lamp', false), passed];
  test('a correction taken back takes the pass back, and repaired again it passes again', () => {
    const back = given(...annual).when('WithdrawCorrection', { violationId: id('lamp'), reason: 'broke' }, on('2026-03-06'));
    back.thenTypes('InspectionCorrectionWithdrawn', 'InspectionPassWithdrawn');
    given(...annual, ...(Array.isArray(back.decision) ? back.decision : []))
      .when('CorrectViolation', correct('lamp'), on('2026-03-07'))
      .thenTypes('InspectionViolationCorrected', 'InspectionPassed');
  });
  test('a violation that was forgotten takes the pass back', () => {
    given(...annual)
      .when('AddInspectionViolation', { violationCode: '393.11', severity: 'minor', isOutOfService: false }, on('2026-03-06'))
      .thenTypes('InspectionViolationAdded', 'InspectionPassWithdrawn');
  });
  test('one written down by mistake keeps no unit from running and counts for nothing; what was written stays (PM-9)', () => {
    const withdraw = { reason: 'another unit' };
    const mistaken = given(...annual).when('WithdrawInspection', withdraw, on('2026-03-06'));
    mistaken.then(event('InspectionWithdrawn', { equipmentId, ...withdraw, violationIds: [id('lamp')] }), passWithdrawn).andRepeatedNothing();
    const out = given(recorded(), violation('oos', true)).when('WithdrawInspection', withdraw, on('2026-03-06'));
    out.thenTypes('InspectionWithdrawn');
    if (out.state.situation === 'absent') throw new Error('there is none');
    expect(outOfServiceOf(out.state)).toEqual([]);
    const gone = [recorded('annual'), event('InspectionWithdrawn', { equipmentId, ...withdraw, violationIds: [] })];
    given(...gone)
      .when('RemoveInspection', withdraw, on('2027-05-01'))
      .thenRejected('retained');
    given(...gone)
      .when('RemoveInspection', withdraw, on('2027-05-02'))
      .thenTypes('InspectionRemoved');
    expect(inspection.deadlines?.InspectionWithdrawn?.({ equipmentId, ...withdraw, violationIds: [] }, id('self'))).toMatchObject([
      { change: 'cancel' },
      { change: 'cancel' },
    ]);
  });
});

test('PM-7 an annual inspection counts from its own day: at once where it passed, else when all is repaired', () => {
  const annual = { ...record, kind: 'annual' as const };
  given()
    .when('RecordInspection', { ...annual, result: 'passed' }, on('2026-03-02'))
    .thenTypes('InspectionRecorded', 'InspectionPassed');
  given().when('RecordInspection', annual, on('2026-03-02')).thenTypes('InspectionRecorded');
  const mended = given(recorded('annual'), violation('lamp', false)).when('CorrectViolation', correct('lamp'), on('2026-03-05'));
  mended.thenTypes('InspectionViolationCorrected', 'InspectionPassed');
  expect(mended.decision).toMatchObject([{}, { data: { inspectedOn: '2026-03-01' } }]);
  given()
    .when('RecordInspection', { ...record, result: 'passed' }, on('2026-03-02'))
    .thenTypes('InspectionRecorded');
});

test('PM-9 a report is kept for months that depend on its kind', () => expect(retentionMonths).toEqual({ annual: 14, roadside: 12, driver: 3 }));
test.each([
  ['annual', '2027-05-01'],
  ['roadside', '2027-03-01'],
  ['driver', '2026-06-01'],
] as const)('PM-9 a report of kind %s is not removed until %s is over', (kind, until) => {
  const closed = [recorded(kind), event('InspectionClosed', { closedAt: '2026-03-02T00:00:00.000Z', violationIds: [] })];
  given(...closed)
    .when('RemoveInspection', { reason: 'space' }, on(until))
    .thenRejected('retained');
  given(...closed)
    .when('RemoveInspection', { reason: 'space' }, { ...on('2028-01-01') })
    .thenTypes('InspectionRemoved');
});

test('it closes only when all is corrected and certified', () => {
  given(recorded(), violation('lamp', false)).when('CloseInspection', {}, on('2026-03-03')).thenRejected('violationsOpen');
  given(recorded(), violation('lamp', false), corrected('lamp', false)).when('CloseInspection', {}, on('2026-03-03')).thenRejected('notCertified');
  given(recorded()).when('CloseInspection', {}, on('2026-03-03')).thenTypes('InspectionClosed');
});

test('it is written down once, not of the future, and a passed one has no violations', () => {
  given()
    .when('RecordInspection', { ...record, inspectedOn: '2026-03-09' }, on('2026-03-02'))
    .thenRejected('inFuture');
  given(recorded()).when('RecordInspection', record, on('2026-03-02')).thenNothing();
  given(recorded())
    .when('RecordInspection', { ...record, level: 'I' }, on('2026-03-02'))
    .thenRejected('alreadyRecorded');
  const passed = event('InspectionRecorded', { ...recorded().data, ...record, result: 'passed' } as never);
  given(passed).when('AddInspectionViolation', { violationCode: '393.9', severity: 'minor', isOutOfService: false }, on('2026-03-02')).thenRejected('passed');
});

test('every situation × every command: only the listed ones happen', () => {
  const open = [recorded(), violation('lamp', true), corrected('lamp', true)];
  const certified = [...open, event('InspectionCertified', { ...certify('2026-03-03'), isLate: false })];
  const closed = [...certified, event('InspectionClosed', { closedAt: '2026-03-04T00:00:00.000Z', violationIds: [id('lamp')] })];
  const withdrawn = [...open, event('InspectionWithdrawn', { equipmentId, reason: 'x', violationIds: [id('lamp')] })];
  const removed = [...closed, event('InspectionRemoved', { reason: 'x', violationIds: [id('lamp')] })];
  const commands = {
    AddInspectionViolation: { violationCode: '393.11', severity: 'minor', isOutOfService: false },
    CorrectViolation: correct('lamp'),
    WithdrawCorrection: { violationId: id('lamp'), reason: 'broke again' },
    CertifyInspection: certify('2026-03-04'),
    CloseInspection: {},
    WithdrawInspection: { reason: 'x' },
    RemoveInspection: { reason: 'x' },
    RemindOfCertification: {},
    RaiseCertificationOverdue: {},
  } as const;
  const quiet = ['RemindOfCertification', 'RaiseCertificationOverdue'];
  const repeats: Readonly<Record<string, readonly string[]>> = {
    open: [],
    certified: [],
    closed: ['CloseInspection'],
    withdrawn: ['WithdrawInspection'],
    removed: ['CloseInspection', 'RemoveInspection'],
  };
  for (const [situation, history] of Object.entries({ open, certified, closed, withdrawn, removed })) {
    expect(fold(history)).toMatchObject({ situation });
    for (const [type, data] of Object.entries(commands)) {
      const { decision } = given(...history).when(type as keyof typeof commands, data as never, on('2028-03-04'));
      const list = allowed[situation as keyof typeof allowed];
      const isMine = list.includes(type) && !(situation === 'open' && type === 'CloseInspection');
      const isAccepted = isMine || quiet.includes(type) || (repeats[situation] ?? []).includes(type);
      expect({ situation, type, isAccepted: Array.isArray(decision) }).toEqual({ situation, type, isAccepted });
      if (quiet.includes(type) && situation !== 'open') expect(decision).toEqual([]);
    }
  }
});
