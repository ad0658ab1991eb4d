/** What people do at their desks: files, fences, settings, sessions, talks with customers, machines' access. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Uploads } from '../../application/attachments/upload.ts';
import { systemCaller } from '../../application/caller.ts';
import { account } from '../../domain/account/decider.ts';
import { apiClient } from '../../domain/api-client/decider.ts';
import { apiUsage, apiUsageId } from '../../domain/api-usage/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { geofence } from '../../domain/geofence/decider.ts';
import { interaction } from '../../domain/interaction/decider.ts';
import { session } from '../../domain/session/decider.ts';
import { userSettings } from '../../domain/user-settings/decider.ts';
import type { DemoCustomer } from './company.ts';
import { demoPeople } from './people.ts';
import { type DemoSender, demoId } from './sender.ts';

/** A page that every viewer opens: the smallest PDF that says what it stands for. */
const pdf = (title: string): Buffer => {
  const text = `BT /F1 18 Tf 72 720 Td (${title}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
  );
};

/** Uploads a paper, or a PNG, over the real path; returns the attachment's id. */
export const uploadPaper = async (
  uploads: Uploads,
  clock: () => string,
  paper: { readonly key: string; readonly customerId?: string; readonly category: string; readonly image?: Buffer },
): Promise<string> => {
  const id = demoId(`attachment:${paper.key}`);
  const commandId = demoId(`upload:${paper.key}`);
  const content = paper.image ?? pdf(`Demonstration: ${paper.key}`);
  const [kind, ending] = paper.image === undefined ? (['application/pdf', 'pdf'] as const) : (['image/png', 'png'] as const);
  const caller = systemCaller('demonstration');
  const belongs = paper.customerId === undefined ? {} : { customerId: paper.customerId };
  const data = {
    documentCategory: paper.category,
    name: `${paper.key.replaceAll(':', '-')}.${ending}`,
    declaredType: kind,
    declaredSizeBytes: content.length,
    ...belongs,
  };
  const begun = await uploads.begin({ commandId, commandHash: commandId, id, caller, at: clock(), correlationId: commandId, causationId: commandId, data });
  if (begun.uploadId !== undefined) await uploads.receive({ attachmentId: id, uploadId: begun.uploadId, content: Readable.from([content]), caller });
  return id;
};

const fences = [
  { name: 'Villa Nueva yard', latitude: '14.5252', longitude: '-90.5878', radiusMeters: 600, tag: 'yard' },
  { name: 'Puerto Quetzal', latitude: '13.9283', longitude: '-90.7861', radiusMeters: 1500, tag: 'port' },
  { name: 'Santo Tomás', latitude: '15.6944', longitude: '-88.6153', radiusMeters: 1800, tag: 'port' },
  { name: 'Tecún Umán border', latitude: '14.6786', longitude: '-92.1453', radiusMeters: 900, tag: 'border' },
] as const;

export const loadGeofences = (sender: DemoSender, customers: readonly DemoCustomer[]): Promise<void> =>
  sender.each(fences, async ({ name, latitude, longitude, radiusMeters, tag }, index) => {
    const to = demoId(`geofence:${index}`);
    const of = customers[index];
    const belongs = of === undefined ? {} : { customerId: of.id };
    await sender.send(geofence, 'DrawGeofence', {
      key: `${index}`,
      to,
      data: { name, shape: { kind: 'circle', center: { latitude, longitude }, radiusMeters }, ...belongs },
    });
    await sender.send(geofence, 'TagGeofence', { key: `${index}`, to, data: { tags: [tag] } });
    await sender.send(geofence, 'ConfigureGeofenceAlerts', { key: `${index}`, to, data: { events: ['enter', 'exit', 'dwell'], dwellMinutes: 90 } });
  });

/** What each person has chosen, and that they signed in. */
export const loadDesks = (sender: DemoSender, customers: readonly DemoCustomer[]): Promise<void> =>
  sender.each(demoPeople, async ({ user: key, customer: index }) => {
    const to = demoId(`user:${key}`);
    const as = { userId: to, tenant: index === undefined ? null : (customers[index]?.id ?? null) };
    await sender.send(session, 'SignIn', { key, to: demoId(`session:${key}`), data: { device: { kind: 'browser', name: 'Firefox on Linux' } }, as });
    await sender.send(userSettings, 'ChooseColumns', { key, to, data: { table: 'equipment', columns: ['unit_number', 'status', 'description'] }, as });
    await sender.send(userSettings, 'ChooseUnits', { key, to, data: { choices: ['date.dmy', 'distance.KMT'] }, as });
    await sender.send(userSettings, 'SetNotificationPreference', { key, to, data: { kind: 'geofence', channel: 'email', isOn: true }, as });
    await sender.send(userSettings, 'RegisterDeviceToken', { key, to, data: { token: `demo-device-${key}`, platform: 'web' }, as });
    const saved = { nickname: 'Taller', street: '6a avenida 4-12, zona 12', position: { latitude: '14.5883', longitude: '-90.5520' } };
    await sender.send(userSettings, 'SaveLocation', { key, to, data: saved, as });
  });

type Day = { readonly now: string };
/** Talks, recipients, a machine with its usage: a little of each. */
export const loadCorrespondence = async (sender: DemoSender, customers: readonly DemoCustomer[], { now }: Day): Promise<void> => {
  await sender.each(customers, async ({ id: customerId, contactId, accounts }, index) => {
    const key = `${index}`;
    const talk = { customerId, contactId, channel: 'call', direction: 'inbound', heldAt: now, notes: 'Asked for two more units from next month.' } as const;
    await sender.send(interaction, 'LogInteraction', { key, to: demoId(`interaction:${index}`), data: talk });
    const [, regional] = accounts;
    const person = demoPeople.find(({ customer }) => customer === index);
    if (regional === undefined || person === undefined) return;
    const recipient = { customerId, userId: demoId(`user:${person.user}`), deliveryMethods: ['email'] };
    const { made } = await sender.send(account, 'NameAlertRecipient', { key, to: regional.id, data: recipient });
    const [recipientId] = made;
    if (recipientId !== undefined)
      await sender.send(account, 'SwitchRecipientGeofenceAlerts', { key, to: regional.id, data: { recipientId, isEnabled: true } });
    await sender.send(account, 'NameInvoiceRecipient', { key, to: regional.id, data: { name: 'Cuentas por pagar', email: `pagos${index}@example.org` } });
  });
  const to = demoId('api-client:telematics');
  const secretHash = createHash('sha256').update('demo-secret').digest('hex');
  await sender.send(apiClient, 'RegisterApiClient', {
    key: 'telematics',
    to,
    data: { name: 'Telematics vendor', clientKind: 'telematicsVendor', scopes: ['iot-device:edit'], secretHash },
  });
  const month = now.slice(0, 7);
  const usage = {
    holderKind: 'apiClient',
    holderId: to,
    month,
    from: now,
    to: now,
    node: 'demo',
    sequence: 1,
    endpoints: [{ endpoint: 'POST /commands/iot-device/{id}/report-device-battery', count: 41 }],
  } as const;
  await sender.send(apiUsage, 'ReportApiUsage', { key: month, to: apiUsageId(to, month), data: usage });
};

/** A paper that hangs on a unit. */
export const loadUnitPaper = async (
  sender: DemoSender,
  unitId: string,
  paper: { readonly key: string; readonly attachmentId: string; readonly expiresOn: string },
): Promise<void> => {
  const { key, attachmentId, expiresOn } = paper;
  await sender.send(equipment, 'AddEquipmentDocument', {
    key: `paper:${key}`,
    to: unitId,
    data: { category: 'permit', name: 'Circulation card', attachmentId, expiresOn },
  });
};
