/** What can be found, and which events say so. A new aggregate adds its kinds and its events here. */
import { agreementEvents } from '../../src/domain/agreement/events.ts';
import { apiClientEvents } from '../../src/domain/api-client/events.ts';
import { attachmentEvents } from '../../src/domain/attachment/events.ts';
import { incidentLink } from '../../src/domain/attachment/state.ts';
import { customerEvents } from '../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../src/domain/equipment/events.ts';
import { equipmentAddonEvents } from '../../src/domain/equipment-addon/events.ts';
import { geofenceEvents } from '../../src/domain/geofence/events.ts';
import { iotDeviceEvents } from '../../src/domain/iot-device/events.ts';
import { productEvents } from '../../src/domain/product/events.ts';
import { productCategoryEvents } from '../../src/domain/product-category/events.ts';
import { quotationEvents } from '../../src/domain/quotation/events.ts';
import { roadsideEvents } from '../../src/domain/roadside/events.ts';
import { roleEvents } from '../../src/domain/role/events.ts';
import { serviceRequestEvents } from '../../src/domain/service-request/events.ts';
import { userEvents } from '../../src/domain/user/events.ts';
import { workOrderEvents } from '../../src/domain/work-order/events.ts';
import { type Change, type Documents, documentsOf, type Kind } from './document.ts';
import { upkeep } from './upkeep.ts';

export const kinds = {
  customer: { permission: 'customer:view', route: ({ id }) => `/customers/${id}` },
  account: { permission: 'customer:view', route: ({ id }) => `/accounts/${id}` },
  contact: { permission: 'customer:view', route: ({ id, aggregateId }) => `/customers/${aggregateId}/contacts/${id}` },
  equipment: { permission: 'equipment:view', route: ({ id }) => `/equipment/${id}` },
  equipmentAddon: { permission: 'equipment-addon:view', route: ({ id }) => `/equipment-addons/${id}` },
  iotDevice: { permission: 'iot-device:view', route: ({ id }) => `/iot-devices/${id}` },
  geofence: { permission: 'geofence:view', route: ({ id }) => `/geofences/${id}` },
  agreement: { permission: 'agreement:view', route: ({ id }) => `/agreements/${id}` },
  workOrder: { permission: 'work-order:view', route: ({ id }) => `/work-orders/${id}` },
  roadside: { permission: 'roadside:view', route: ({ id }) => `/roadside/${id}` },
  quotation: { permission: 'quotation:view', route: ({ id }) => `/quotations/${id}` },
  product: { permission: 'product:view', route: ({ id }) => `/products/${id}` },
  productCategory: { permission: 'product-category:view', route: ({ id }) => `/product-categories/${id}` },
  maintenance: { permission: 'maintenance:view', route: ({ id }) => `/maintenance/${id}` },
  inspection: { permission: 'inspection:view', route: ({ id }) => `/inspections/${id}` },
  case: { permission: 'support-case:view', route: ({ id }) => `/support-cases/${id}` },
  notificationGroup: { permission: 'notification-group:view', route: ({ id }) => `/notification-groups/${id}` },
  attachment: { permission: 'attachment:view', route: ({ id }) => `/attachments/${id}` },
  serviceRequest: { permission: 'service-request:view', route: ({ id }) => `/service-requests/${id}` },
  user: { permission: 'user:view', route: ({ id }) => `/users/${id}` },
  role: { permission: 'role:view', route: ({ id }) => `/roles/${id}` },
  apiClient: { permission: 'api-client:view', route: ({ id }) => `/api-clients/${id}` },
} as const satisfies Readonly<Record<string, Kind>>;

type Found = Change<keyof typeof kinds>;
const one = (change: Found): readonly Found[] => [change];
const nobodys = { customerId: null, accountId: null } as const;
type Ids = { readonly customerId: string; readonly accountId: string };
const held = ({ customerId, accountId }: Ids): readonly Found[] => one({ kind: 'equipment', owner: { customerId, accountId } });
const joined = (...texts: readonly (string | undefined)[]): string | null => texts.filter((text) => text !== undefined && text !== '').join(' · ') || null;

type Customer = { readonly customerName: string; readonly customerClass: string; readonly referenceNumber?: string; readonly country: string };
const customer = ({ customerName, customerClass, referenceNumber, country }: Customer) =>
  one({ kind: 'customer', title: customerName, subtitle: referenceNumber ?? null, description: joined(customerClass, country) });
type LegalEntity = { readonly legalEntityId: string; readonly legalName: string; readonly taxId: string };
const legalEntity = ({ legalEntityId, legalName, taxId }: LegalEntity) => one({ kind: 'customer', parts: { [legalEntityId]: `${legalName} ${taxId}` } });
type Account = { readonly accountId: string; readonly accountName: string; readonly accountNumber: string; readonly accountType: string };
const account = ({ accountId, accountName, accountNumber, accountType }: Account, { aggregateId }: { readonly aggregateId: string }) =>
  one({
    kind: 'account',
    id: accountId,
    title: accountName,
    subtitle: accountNumber,
    description: accountType,
    owner: { customerId: aggregateId, accountId },
  });
type Contact = {
  readonly contactId: string;
  readonly role: string;
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
};
const contact = ({ contactId, role, name, phones, emails }: Contact, { aggregateId }: { readonly aggregateId: string }) =>
  one({
    kind: 'contact',
    id: contactId,
    title: name,
    subtitle: role,
    description: joined(...emails, ...phones),
    owner: { customerId: aggregateId, accountId: null },
    subjectId: contactId,
  });
type Unit = {
  readonly unitNumber: string;
  readonly equipmentType: string;
  readonly vin?: string;
  readonly serialNumber?: string;
  readonly oemMakeModel?: string;
  readonly description?: string;
};
const unit = ({ unitNumber, equipmentType, vin, serialNumber, oemMakeModel, description }: Unit) =>
  one({ kind: 'equipment', title: unitNumber, subtitle: joined(equipmentType, oemMakeModel), description: joined(vin, serialNumber, description) });

const customers = documentsOf('customer', customerEvents, {
  CustomerRegistered: customer,
  CustomerProfileChanged: customer,
  LegalEntityAdded: legalEntity,
  LegalEntityChanged: legalEntity,
  LegalEntityRemoved: ({ legalEntityId }) => one({ kind: 'customer', parts: { [legalEntityId]: null } }),
  AccountOpened: account,
  AccountChanged: account,
  ContactAdded: contact,
  ContactChanged: contact,
  ContactRemoved: ({ contactId }) => one({ kind: 'contact', id: contactId, isGone: true }),
});

/** A unit is found by whoever holds it now. */
const equipment = documentsOf('equipment', equipmentEvents, {
  EquipmentRegistered: unit,
  EquipmentCorrected: unit,
  EquipmentPermitSet: ({ licensePlateNumber, licensePlateState }) => one({ kind: 'equipment', parts: { plate: `${licensePlateNumber} ${licensePlateState}` } }),
  EquipmentPermitRemoved: () => one({ kind: 'equipment', parts: { plate: null } }),
  EquipmentAssigned: (data) => (data.status === 'on_rent' ? held(data) : []),
  AssignmentActivated: held,
  EquipmentReturned: () => one({ kind: 'equipment', owner: nobodys }),
  EquipmentRetired: () => one({ kind: 'equipment', isGone: true }),
});

const stock: Documents = {
  ...documentsOf('equipmentAddon', equipmentAddonEvents, {
    EquipmentAddonRegistered: ({ addonType, serialNumber, description }) =>
      one({ kind: 'equipmentAddon', title: joined(addonType, serialNumber) ?? addonType, description: description ?? null }),
    EquipmentAddonRetired: () => one({ kind: 'equipmentAddon', isGone: true }),
  }),
  ...documentsOf('iotDevice', iotDeviceEvents, {
    IotDeviceRegistered: ({ serialNumber, vendor, deviceType }) => one({ kind: 'iotDevice', title: serialNumber, subtitle: joined(deviceType, vendor) }),
    IotDeviceRetired: () => one({ kind: 'iotDevice', isGone: true }),
  }),
};

const geofences = documentsOf('geofence', geofenceEvents, {
  GeofenceDrawn: ({ name, shape, customerId }) =>
    one({ kind: 'geofence', title: name, subtitle: shape.kind, owner: { customerId: customerId ?? null, accountId: null } }),
  GeofenceReshaped: ({ shape }) => one({ kind: 'geofence', subtitle: shape.kind }),
  GeofenceRenamed: ({ name }) => one({ kind: 'geofence', title: name }),
  GeofenceTagged: ({ tags }) => one({ kind: 'geofence', description: joined(...tags) }),
  GeofenceArchived: () => one({ kind: 'geofence', isGone: true }),
});

const agreements = documentsOf('agreement', agreementEvents, {
  AgreementDrafted: ({ effectiveDate, customerId, notes }) =>
    one({
      kind: 'agreement',
      title: `Agreement of ${effectiveDate}`,
      subtitle: 'draft',
      description: notes ?? null,
      owner: { customerId, accountId: null },
    }),
  AgreementChanged: ({ effectiveDate, notes }) => one({ kind: 'agreement', title: `Agreement of ${effectiveDate}`, description: notes ?? null }),
  AgreementActivated: () => one({ kind: 'agreement', subtitle: 'active' }),
  AgreementTerminated: () => one({ kind: 'agreement', subtitle: 'terminated' }),
  AgreementExpired: () => one({ kind: 'agreement', subtitle: 'expired' }),
  AgreementDiscarded: () => one({ kind: 'agreement', isGone: true }),
});

const attachments = documentsOf('attachment', attachmentEvents, {
  AttachmentUploadBegun: ({ name, documentCategory, customerId, accountId }) =>
    one({ kind: 'attachment', title: name, subtitle: documentCategory, owner: { customerId: customerId ?? null, accountId: accountId ?? null } }),
  AttachmentStored: ({ name }) => one({ kind: 'attachment', title: name }),
  AttachmentLinked: ({ category }) => (category === incidentLink ? one({ kind: 'attachment', isGone: true }) : []),
  AttachmentRemoved: () => one({ kind: 'attachment', isGone: true }),
});

type Asked = { readonly description: string; readonly location?: { readonly street?: string } };
const asked = ({ description, location }: Asked) => ({
  kind: 'serviceRequest' as const,
  description: joined([...description].slice(0, 500).join(''), location?.street),
});
/** A request is found for ever: what is over is looked up too. */
const serviceRequests = documentsOf('serviceRequest', serviceRequestEvents, {
  RequestSubmitted: (data) => one({ ...asked(data), title: `Request ${data.requestNumber}`, subtitle: joined(data.serviceType, data.urgency) }),
  RequestAmended: (data) => one(asked(data)),
  WasteCollected: ({ manifestNumber }) => one({ kind: 'serviceRequest', parts: { [`manifest ${manifestNumber}`]: manifestNumber } }),
  WasteManifestVoided: ({ manifestNumber }) => one({ kind: 'serviceRequest', parts: { [`manifest ${manifestNumber}`]: null } }),
});

/** A quotation is found once it was issued; while it is written anew, as it was issued last. */
const quotations = documentsOf('quotation', quotationEvents, {
  QuotationIssued: ({ quotationNumber, revision, total }, { tenant, account }) =>
    one({
      kind: 'quotation',
      title: quotationNumber,
      subtitle: joined(`revision ${revision}`, 'issued'),
      description: `${total.amount} ${total.currency}`,
      owner: { customerId: tenant, accountId: account },
    }),
  QuotationAccepted: ({ revision }) => one({ kind: 'quotation', subtitle: joined(`revision ${revision}`, 'accepted') }),
  QuotationDeclined: ({ revision }) => one({ kind: 'quotation', subtitle: joined(`revision ${revision}`, 'declined') }),
  QuotationExpired: ({ revision }) => one({ kind: 'quotation', subtitle: joined(`revision ${revision}`, 'expired') }),
  QuotationWithdrawn: ({ revision }, { tenant, account }) =>
    one({ kind: 'quotation', subtitle: joined(`revision ${revision}`, 'withdrawn'), owner: { customerId: tenant, accountId: account } }),
});

type Sold = { readonly name: string; readonly description?: string };
const sold = ({ name, description }: Sold) => ({ title: name, description: description === undefined ? null : [...description].slice(0, 500).join('') });
/** The company's own: found by its staff. A product is also found by its SKU once it is off sale, as old papers name it. */
const goods: Documents = {
  ...documentsOf('product', productEvents, {
    ProductDefined: (data) => one({ kind: 'product', ...sold(data), subtitle: data.sku }),
    ProductDescribed: (data) => one({ kind: 'product', ...sold(data) }),
  }),
  ...documentsOf('productCategory', productCategoryEvents, {
    ProductCategoryDefined: ({ categoryId, name, skuPrefix }) => one({ kind: 'productCategory', id: categoryId, title: name, subtitle: skuPrefix }),
    ProductCategoryRenamed: ({ categoryId, name }) => one({ kind: 'productCategory', id: categoryId, title: name }),
  }),
};

const works: Documents = {
  ...documentsOf('workOrder', workOrderEvents, {
    WorkOrderOpened: ({ workOrderNumber, kind, description }) =>
      one({ kind: 'workOrder', title: `Work order ${workOrderNumber}`, subtitle: joined(kind, 'open'), description: description.slice(0, 500) || null }),
    WorkOrderDescribed: ({ description }) => one({ kind: 'workOrder', description: description.slice(0, 500) || null }),
    WorkOrderCompleted: ({ kind }) => one({ kind: 'workOrder', subtitle: joined(kind, 'completed') }),
    WorkOrderReopened: ({ kind }) => one({ kind: 'workOrder', subtitle: joined(kind, 'reopened') }),
    WorkOrderCancelled: ({ kind }) => one({ kind: 'workOrder', subtitle: joined(kind, 'cancelled') }),
    WorkOrderClosed: ({ kind }) => one({ kind: 'workOrder', subtitle: joined(kind, 'closed') }),
  }),
  ...documentsOf('roadside', roadsideEvents, {
    RoadsideRequested: ({ description, place }) =>
      one({ kind: 'roadside', title: 'Roadside job', subtitle: 'requested', description: joined(description.slice(0, 500), place?.street) }),
    VendorDispatched: ({ attemptId, vendorName }) => one({ kind: 'roadside', parts: { [attemptId]: vendorName } }),
    RoadsideResolved: ({ outcome }) => one({ kind: 'roadside', subtitle: outcome }),
    RoadsideCancelled: () => one({ kind: 'roadside', subtitle: 'cancelled' }),
  }),
};

const people: Documents = {
  ...documentsOf('user', userEvents, {
    UserInvited: ({ name, email, customerId }, { aggregateId }) =>
      one({ kind: 'user', title: name, subtitle: email, owner: { customerId: customerId ?? null, accountId: null }, subjectId: aggregateId }),
    UserProfileChanged: ({ name }) => one({ kind: 'user', title: name }),
    UserEmailChanged: ({ email }) => one({ kind: 'user', subtitle: email }),
    UserDeactivated: () => one({ kind: 'user', isGone: true }),
    UserRejected: () => one({ kind: 'user', isGone: true }),
    InvitationRevoked: () => one({ kind: 'user', isGone: true }),
    InvitationExpired: () => one({ kind: 'user', isGone: true }),
  }),
  ...documentsOf('role', roleEvents, {
    RoleDefined: ({ name, description, customerId }) =>
      one({ kind: 'role', title: name, description: description ?? null, owner: { customerId: customerId ?? null, accountId: null } }),
    RoleRenamed: ({ name, description }) => one({ kind: 'role', title: name, description: description ?? null }),
    RoleRetired: () => one({ kind: 'role', isGone: true }),
  }),
  ...documentsOf('apiClient', apiClientEvents, {
    ApiClientRegistered: ({ name, clientKind, customerId }) =>
      one({ kind: 'apiClient', title: name, subtitle: clientKind, owner: { customerId: customerId ?? null, accountId: null } }),
    ApiClientRevoked: () => one({ kind: 'apiClient', isGone: true }),
  }),
};

export const documents: Documents = {
  ...customers,
  ...equipment,
  ...stock,
  ...geofences,
  ...agreements,
  ...attachments,
  ...serviceRequests,
  ...quotations,
  ...goods,
  ...works,
  ...upkeep,
  ...people,
};
