import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { activityFeedOf } from '../../projections/activity-feed/projection.ts';
import { inWords, plainSentence, sentenceOf } from '../../projections/activity-feed/sentence.ts';
import { sentences } from '../../projections/activity-feed/sentences.ts';
import type { Row } from '../../src/application/ports/queries.ts';
import { erased } from '../../src/domain/kernel/personal.ts';
import { model } from '../../src/domain/model.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { canary, holders, type Step, smallModel, smallSteps, step } from './occurrences.ts';

const definition = activityFeedOf(smallModel, { 'equipment/EquipmentPainted': ({ colour, by }) => `Painted ${colour} by ${JSON.stringify(by)}` });
const feed = async (steps: readonly Step[], of = definition): Promise<readonly Row[]> => {
  const { events } = await logOf(steps);
  return (foldWhole(of, events)['feed'] ?? []).map((row): Row => JSON.parse(row));
};

describe('the activity feed', () => {
  test('is the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition, steps: smallSteps });
  });

  test('TE-9 TE-11 has a sentence for every event that is not restricted, for its holder of that moment, and names nobody', async () => {
    await fc.assert(
      fc.asyncProperty(smallSteps, async (steps) => {
        const rows = await feed(steps);
        const shown = steps.filter(({ stream }) => /^(equipment|secretPlan)-/.test(stream));
        expect(rows.map((row) => row['activity_feed_id']).sort()).toEqual(shown.map(({ event }) => event.id).sort());
        expect(JSON.stringify(rows)).not.toContain(canary);
        for (const row of rows) {
          const { metadata } = shown.find(({ event }) => event.id === row['activity_feed_id'])?.event ?? {};
          expect(row['customer_id']).toBe(row['category'] === 'equipment' ? metadata?.tenant : null);
          expect(row['title']).toBe(row['category'] === 'equipment' ? 'Equipment painted' : 'Plan made');
        }
      }),
      { numRuns: 50 },
    );
  });

  test('knows the unit and the place an event is about', async () => {
    const unit = '99999999-9999-4999-8999-999999999999';
    const rows = await feed([
      step(0, `equipment-${unit}`, {
        type: 'EquipmentPainted',
        data: { colour: 'red', position: { latitude: '14.5', longitude: '-90.25' } },
        tenant: holders[0],
      }),
      step(1, `secretPlan-${holders[1]}`, { type: 'PlanMade', data: { equipmentId: unit, geofenceId: 'none', position: { latitude: '91', longitude: '0' } } }),
    ]);
    expect(rows.map(({ equipment_id, geofence_id, latitude, longitude }) => [equipment_id, geofence_id, latitude, longitude])).toEqual([
      [unit, null, 14.5, -90.25],
      [unit, null, null, null],
    ]);
  });

  test('plain sentences read like English', () => {
    expect(inWords('EquipmentHoldPlaced')).toBe('Equipment hold placed');
    expect(inWords('DOTInspectionClosed')).toBe('DOT inspection closed');
    expect(plainSentence('UnitFound', { unitNumber: 'T-100', reason: 'lost' })).toBe('Unit found T-100 (lost)');
    expect(plainSentence('PersonMet', { name: erased, reason: '' })).toBe('Person met');
  });

  test('every event type of the model has a sentence, and every nicer sentence an event type', () => {
    const types = model.flatMap(({ category, events }) => Object.keys(events).map((type) => `${category}/${type}`));
    for (const key of types) {
      const [category = '', type = ''] = key.split('/');
      expect(sentenceOf({})({ category, type, data: {} })).toMatch(/^[A-Z].{2,}/);
    }
    const categories = new Set(model.map(({ category }) => category));
    const known = Object.keys(sentences).filter((key) => categories.has(key.split('/')[0] ?? ''));
    expect(known.filter((key) => !types.includes(key))).toEqual([]);
  });
});
