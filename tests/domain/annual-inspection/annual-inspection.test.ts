import { describe, expect, test } from '@jest/globals';
import { annualInspection, annualInspectionId, currentPass } from '../../../src/domain/annual-inspection/decider.ts';
import { annualInspectionEvents } from '../../../src/domain/annual-inspection/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, fold, run } = scenarios(annualInspection);
const event = emit(annualInspectionEvents);
const equipmentId = id('unit');
const pass = (name: string, inspectedOn: string) => ({ equipmentId, inspectionId: id(name), inspectedOn });

describe('the annual inspections of a unit', () => {
  test('are noted and taken back once each', () => {
    const noted = event('AnnualPassNoted', pass('I', '2026-02-20'));
    given().when('NoteAnnualPass', pass('I', '2026-02-20')).then(noted).andRepeatedNothing();
    given(noted)
      .when('WithdrawAnnualPass', { inspectionId: id('I') })
      .then(event('AnnualPassWithdrawn', pass('I', '2026-02-20')))
      .andRepeatedNothing();
    given(noted)
      .when('WithdrawAnnualPass', { inspectionId: id('other') })
      .thenNothing();
    const many = Array.from({ length: 200 }, (_, n) => event('AnnualPassNoted', pass(`${n}`, '2026-02-20')));
    given(...many)
      .when('NoteAnnualPass', pass('one more', '2026-02-21'))
      .thenRejected('tooMany');
  });

  test('PM-7 the latest of those that stand counts, whatever was told in which order', () => {
    const step = fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D'), isBack: fc.boolean() });
    const days: Readonly<Record<string, string>> = { A: '2026-02-20', B: '2025-08-01', C: '2026-03-01', D: addDays('2026-02-20', -300) };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const standing = new Set<string>();
        const { state } = run(
          steps.map(({ name, isBack }) => {
            if (isBack) standing.delete(name);
            else standing.add(name);
            return isBack
              ? { type: 'WithdrawAnnualPass' as const, data: { inspectionId: id(name) } }
              : { type: 'NoteAnnualPass' as const, data: pass(name, days[name] ?? '') };
          }),
        );
        const latest = [...standing]
          .map((name) => days[name] ?? '')
          .sort()
          .at(-1);
        expect(currentPass(state)?.inspectedOn).toBe(latest);
      }),
    );
  });

  test('each unit has one list, the company’s own; no person gives its commands', () => {
    expect(annualInspectionId(equipmentId)).not.toBe(annualInspectionId(id('other unit')));
    expect(annualInspection.tenantOf(fold([event('AnnualPassNoted', pass('I', '2026-02-20'))]), id('self'))).toBeNull();
    for (const command of Object.values(annualInspection.commands)) expect(command.internal).toBe(true);
  });
});
