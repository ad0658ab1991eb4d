import { expect, test } from '@jest/globals';
import { messageOf } from '../../../src/infrastructure/delivery/message.ts';
import { fc } from '../../kit/seed.ts';
import { at, from, mail, shown } from './contract.ts';

test('a message says what was written, in lines that mail allows, and no subject adds a header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 500 }), (subject, text) => {
      const clean = text.replaceAll('\r', '').toWellFormed();
      const message = shown(messageOf({ ...mail, subject: subject.toWellFormed(), text: clean }, { from, date: at }));
      expect(message).toMatchObject({ subject: subject.toWellFormed(), text: clean });
      for (const line of message.lines) expect(line.length).toBeLessThanOrEqual(78 + 20);
      expect(message.lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(':')[0])).toEqual([
        'Message-ID',
        'Date',
        'From',
        'To',
        'Subject',
        'Auto-Submitted',
        'MIME-Version',
        'Content-Type',
        'Content-Transfer-Encoding',
      ]);
    }),
  );
});
