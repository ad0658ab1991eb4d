import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, text, uuid } from '../kernel/schema.ts';
import { addonProfile } from './events.ts';

export const equipmentAddonCommands = defineCommands({
  RegisterAddon: {
    permission: 'equipment-addon:create',
    docs: 'Takes an add-on into stock. Types that need a serial number have one, unique in its type.',
    creates: true,
    rejects: ['alreadyRegistered', 'serialRequired', 'addonSerialTaken'],
    schema: fields(addonProfile),
  },
  AttachAddon: {
    permission: 'equipment-addon:edit',
    docs: 'A unit has taken the add-on on.',
    internal: true,
    rejects: ['notInStock'],
    schema: fields({ installationId: uuid(), equipmentId: uuid(), installedAt: instant() }),
  },
  DetachAddon: {
    permission: 'equipment-addon:edit',
    docs: 'The unit has let the add-on go; another installation is left alone.',
    internal: true,
    rejects: [],
    schema: fields({ installationId: uuid(), removedAt: instant() }),
  },
  RetireAddon: {
    permission: 'equipment-addon:delete',
    docs: 'Ends the use of an add-on that is on no unit.',
    rejects: ['installed'],
    schema: fields({ reason: text() }),
  },
});
