/** What may be reported without a token: small, closed, in the words of the model's schemas. */
import { email, fields, flag, note, optional, phone, position, text } from '../../../domain/kernel/schema.ts';

export const breakdownSchema = fields({
  unit: text({ max: 64, docs: 'The unit’s number, as it stands on the unit or in its code.' }),
  symptom: text({ max: 1000, docs: 'What happens.' }),
  driverName: optional(text({ max: 120 })),
  driverPhone: optional(phone()),
  directions: optional(text({ max: 500, docs: 'Where the unit stands.' })),
  position: optional(position()),
  isSafeLocation: optional(flag('The unit stands in a safe place.')),
  isBlockingTraffic: optional(flag('It blocks traffic.')),
  isLoaded: optional(flag('It is loaded.')),
});
export const systemCaseSchema = fields({
  subject: text(),
  description: note({ max: 2000 }),
  page: optional(text({ max: 500, docs: 'Where it happened.' })),
  reporterName: optional(text({ max: 120 })),
  reporterEmail: optional(email()),
  reporterPhone: optional(phone()),
});
