import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { isQuiet, shownColumns, userSettings } from '../../../src/domain/user-settings/decider.ts';
import { userSettingsEvents } from '../../../src/domain/user-settings/events.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given } = scenarios(userSettings);
const event = emit(userSettingsEvents);
const mine = { id: id('self'), actor: { kind: 'user' as const, id: id('self') }, tenant: id('customer') };
const opened = event('UserSettingsOpened', { customerId: id('customer') });
const columns = { table: 'equipment', columns: ['unit_number', 'status'] } as const;
const place = { nickname: 'Patio', street: 'Calzada Roosevelt 12' } as const;

describe('a user’s settings', () => {
  test('begin with the first choice, for the user’s customer, and are the user’s alone', () => {
    given().when('ChooseColumns', columns, mine).then(opened, event('ColumnsChosen', columns)).andRepeatedNothing();
    given(opened)
      .when('ChooseColumns', columns, { ...mine, actor: { kind: 'user', id: id('another') } })
      .thenRejected('notYours');
    given(opened)
      .when('SaveLocation', place, { ...mine, actor: { kind: 'apiClient', id: id('another') } })
      .thenRejected('notYours');
  });

  test('QU-3 a chosen column that the list no longer has is ignored, and the rest keeps its order', () => {
    expect(shownColumns(['status', 'gone', 'unit_number'], ['unit_number', 'status', 'vin'])).toEqual(['status', 'unit_number']);
    expect(shownColumns(['gone'], ['unit_number'])).toEqual(['unit_number']);
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(name), fc.uniqueArray(name, { minLength: 1 }), (chosen: readonly string[], known: readonly string[]) => {
        const shown = shownColumns(chosen, known);
        expect(shown.every((column) => known.includes(column))).toBe(true);
        expect(new Set(shown).size).toBe(shown.length);
        for (const column of chosen) if (known.includes(column)) expect(shown).toContain(column);
      }),
    );
  });

  test('one unit a kind', () => {
    given()
      .when('ChooseUnits', { choices: ['distance.KMT', 'distance.SMI'] }, mine)
      .thenRejected('twoOfAKind');
    given(opened)
      .when('ChooseUnits', { choices: ['distance.KMT', 'date.iso'] }, mine)
      .then(event('UnitsChosen', { choices: ['distance.KMT', 'date.iso'] }))
      .andRepeatedNothing();
  });

  test('quiet hours may pass midnight; equal ends are the whole day', () => {
    const night = { from: '22:00', to: '06:00' };
    expect(['21:59', '22:00', '23:30', '05:59', '06:00'].map((time) => isQuiet(night, time))).toEqual([false, true, true, true, false]);
    expect(isQuiet({ from: '08:00', to: '12:00' }, '12:00')).toBe(false);
    expect(isQuiet({ from: '08:00', to: '08:00' }, '03:00')).toBe(true);
  });

  test('a device is registered once and removed once; a place is saved, corrected and removed', () => {
    const token = { token: 't', platform: 'ios' } as const;
    given(opened)
      .when('RegisterDeviceToken', token, mine)
      .then(event('DeviceTokenRegistered', { deviceTokenId: id('made:0'), ...token }))
      .andRepeatedNothing();
    given(opened, event('DeviceTokenRegistered', { deviceTokenId: id('d'), ...token }))
      .when('RemoveDeviceToken', { deviceTokenId: id('d') }, mine)
      .thenTypes('DeviceTokenRemoved');
    const saved = event('LocationSaved', { locationId: id('l'), ...place });
    given(opened, saved)
      .when('ChangeSavedLocation', { locationId: id('l'), ...place, street: '5a avenida' }, mine)
      .thenTypes('SavedLocationChanged');
    given(opened, saved)
      .when('ChangeSavedLocation', { locationId: id('x'), ...place }, mine)
      .thenRejected('unknownLocation');
    given(opened, saved)
      .when('RemoveSavedLocation', { locationId: id('l') }, mine)
      .thenTypes('SavedLocationRemoved');
  });

  test('a notification preference says something new or nothing', () => {
    const preference = { kind: 'alert', channel: 'push', isOn: true, quietHours: { from: '22:00', to: '06:00', timeZone: 'America/Guatemala' } } as const;
    given(opened).when('SetNotificationPreference', preference, mine).then(event('NotificationPreferenceSet', preference)).andRepeatedNothing();
    given(opened, event('NotificationPreferenceSet', preference))
      .when('SetNotificationPreference', { ...preference, isOn: false }, mine)
      .thenTypes('NotificationPreferenceSet');
  });
});
