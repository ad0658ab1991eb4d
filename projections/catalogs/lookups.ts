/** Which catalog fills which lookup table, and each column's value in an entry: the one place where a lookup is described. */
import type { Entry } from '../../src/domain/catalog/decider.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { boolean, type Column, integer, numeric, sharedTable, type TableDefinition, text, uuid, uuidArray } from '../kernel/table.ts';

/** An entry with what the catalog says about it beside its content. */
export type Listed = { readonly entry: Entry; readonly isActive: boolean };
type Cell = { readonly column: Column; readonly read: (listed: Listed) => unknown };
export type Lookup = {
  /** The catalogs that fill it: one, or one for each maker or system code of a licensed list. */
  readonly takes: (catalog: string) => boolean;
  /** Row ids are those of this catalog's codes, whichever of the catalogs brings the entry: what refers to a code need not know. */
  readonly catalog: string;
  readonly table: TableDefinition;
  readonly cells: Readonly<Record<string, (listed: Listed) => unknown>>;
};

const attribute = (entry: Entry, key: string): unknown =>
  entry.attributes !== undefined && Object.hasOwn(entry.attributes, key) ? entry.attributes[key] : undefined;
const textOf = (value: unknown): string | null => (value === undefined || value === null ? null : String(value));
const codeOfParent = (entry: Entry): readonly [catalog: string, code: string] | undefined => {
  const slash = entry.parent?.indexOf('/') ?? -1;
  return entry.parent === undefined || slash < 0 ? undefined : [entry.parent.slice(0, slash), entry.parent.slice(slash + 1)];
};
const parentId = (entry: Entry): string | null => {
  const parent = codeOfParent(entry);
  return parent === undefined ? null : entryId(...parent);
};
const wholeNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null);
const decimalText = (value: unknown): string | null => (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,12})?$/.test(value) ? value : null);
const codesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const code: Cell = { column: text().filtered(), read: ({ entry }) => entry.code };
const name: Cell = { column: text().searched(), read: ({ entry }) => entry.name };
const description: Cell = { column: text().nullable(), read: ({ entry }) => entry.description ?? null };
const status: Cell = { column: text().filtered().described('active or inactive'), read: ({ isActive }) => (isActive ? 'active' : 'inactive') };
const isActive: Cell = { column: boolean().filtered(), read: (listed) => listed.isActive };
/** A text attribute; where the catalog's entry has none, its code or name stands in. */
const attributeOr = (key: string, other: 'code' | 'name'): Cell => ({
  column: text().filtered(),
  read: ({ entry }) => textOf(attribute(entry, key)) ?? entry[other],
});
const optionalText = (key: string): Cell => ({ column: text().nullable().filtered(), read: ({ entry }) => textOf(attribute(entry, key)) });
const amount = (key: string): Cell => ({ column: numeric().nullable(), read: ({ entry }) => decimalText(attribute(entry, key)) });
const year: Cell = { column: integer().nullable().filtered(), read: ({ entry }) => wholeNumber(attribute(entry, 'year')) };
const parent: Cell = { column: uuid().nullable().filtered(), read: ({ entry }) => parentId(entry) };
const vendors: Cell = {
  column: uuidArray(),
  read: ({ entry }) => codesOf(attribute(entry, 'eventVendorIds')).map((vendor) => entryId('iot-device-vendor', vendor)),
};

type Place = { readonly table: string; readonly key: string; readonly docs: string; readonly parts?: RegExp };
const lookup = (catalog: string, { table, key, docs, parts }: Place, cells: Readonly<Record<string, Cell>>): Lookup => ({
  takes: (found) => found === catalog || parts?.test(found) === true,
  catalog,
  table: sharedTable(table, {
    key,
    permission: 'catalog:view',
    docs,
    columns: { [key]: uuid(), ...Object.fromEntries(Object.entries(cells).map(([column, cell]) => [column, cell.column])) },
  }),
  cells: Object.fromEntries(Object.entries(cells).map(([column, cell]) => [column, cell.read])),
});
/** `<thing>_lookup` with the key `<thing>_lookup_id`. */
const named = (table: string, docs: string, parts?: RegExp): Place => ({ table, key: `${table}_id`, docs, ...(parts === undefined ? {} : { parts }) });

/** Every lookup of both source documents. The names of tables and columns are theirs. */
export const lookups: readonly Lookup[] = [
  lookup('equipment-type', named('equipment_type_lookup', 'Types of equipment.'), {
    equipment_type: attributeOr('equipmentType', 'code'),
    equipment_name: name,
    equipment_description: description,
    is_active: isActive,
  }),
  lookup('oem', named('oem_lookup', 'Makers of equipment.'), {
    manufacturer_code: attributeOr('manufacturerCode', 'code'),
    manufacturer_name: attributeOr('manufacturerName', 'name'),
    is_active: isActive,
  }),
  lookup('oem-make-model', named('oem_make_model_lookup', 'Models by maker and year.', /^oem-make-model-[a-z0-9-]+$/), {
    oem_lookup_id: parent,
    make: attributeOr('make', 'name'),
    model: attributeOr('model', 'name'),
    year,
    is_active: isActive,
  }),
  lookup('uom', named('uom_lookup', 'Units of measure, by UN/ECE Recommendation 20.'), {
    uom_code: code,
    uom_type: attributeOr('kind', 'code'),
    symbol: optionalText('symbol'),
    description: { column: text(), read: ({ entry }) => entry.name },
    is_active: isActive,
  }),
  lookup('simple-field', named('simple_field_lookup', 'Every value of every status, in words.'), {
    field_name: attributeOr('fieldName', 'code'),
    field_code: attributeOr('fieldCode', 'code'),
    short_description: name,
    long_description: description,
    is_active: isActive,
  }),
  lookup('facility', named('facility_lookup', 'The company’s places.'), {
    facility_code: code,
    facility_name: name,
    facility_description: description,
    is_active: isActive,
  }),
  lookup('country', named('country_lookup', 'Countries, by ISO 3166-1.'), { country_code: code, country_name: name, status }),
  lookup('currency', named('currency_lookup', 'Currencies, by ISO 4217.'), {
    currency_code: code,
    currency_type: attributeOr('currencyType', 'code'),
    description: { column: text(), read: ({ entry }) => entry.name },
    status,
  }),
  lookup('tag', named('tag_lookup', 'Tags for geofences.'), { tag_name: attributeOr('tagName', 'name'), status }),
  lookup('contract-type', named('contract_type_lookup', 'Kinds of contract, with how often and when they are billed.'), {
    contract_type: attributeOr('contractType', 'code'),
    description: { column: text(), read: ({ entry }) => entry.name },
    frequency: optionalText('frequency'),
    billing_method: optionalText('billingMethod'),
    is_active: isActive,
  }),
  lookup('service-urgency', named('service_urgency_lookup', 'How urgent a request is.'), {
    urgency_code: attributeOr('urgencyCode', 'code'),
    description: { column: text(), read: ({ entry }) => entry.name },
    status,
  }),
  lookup('service-urgency-type', named('service_urgency_type_lookup', 'Where the work is done.'), {
    selection_code: attributeOr('selectionCode', 'code'),
    selection_name: attributeOr('selectionName', 'name'),
    is_active: isActive,
  }),
  lookup('service-issues', named('service_issues_lookup', 'What is wrong, in the customer’s words.'), { type_name: attributeOr('typeName', 'name'), status }),
  lookup('tire-size', named('tire_size_lookup', 'Sizes of tyres.'), {
    size_code: attributeOr('sizeCode', 'code'),
    size_display: attributeOr('sizeDisplay', 'name'),
    is_active: isActive,
  }),
  lookup('alert-type', named('alert_type_lookup', 'What an alert rule can watch.'), {
    alert_category_lookup_id: parent,
    event_name: attributeOr('eventName', 'name'),
    event_type: optionalText('eventType'),
    operation_type: optionalText('operationType'),
    is_active: isActive,
  }),
  lookup('alert-category', named('alert_category_lookup', 'Groups of alerts, with the vendors whose devices report them.'), {
    category_name: attributeOr('categoryName', 'name'),
    status,
    event_vendor_id: vendors,
  }),
  lookup('geofence-event-type', named('geofence_event_type_lookup', 'What can happen between a unit and a geofence.'), {
    event_name: attributeOr('eventName', 'name'),
    event_category: optionalText('eventCategory'),
    description,
    is_active: isActive,
  }),
  lookup(
    'delivery-method',
    { table: 'delivery_method_lookup', key: 'delivery_id', docs: 'How an alert is delivered.' },
    {
      method_type: attributeOr('methodType', 'code'),
      status,
    },
  ),
  lookup('user-metric', named('user_metric_lookup', 'A user’s choices for showing values.'), {
    user_metric_code: attributeOr('userMetricCode', 'code'),
    user_metric_description: name,
    user_metric_type: attributeOr('userMetricType', 'code'),
    is_active: isActive,
  }),
  lookup('column-preference-table-name', named('column_preference_table_name', 'The lists whose columns a user may choose.'), {
    table_name: attributeOr('tableName', 'code'),
    is_active: isActive,
  }),
  lookup('iot-device-vendor', named('iot_device_vendor_lookup', 'Vendors of telematics devices.'), {
    vendor_name: attributeOr('vendorName', 'name'),
    vendor_description: description,
    status,
  }),
  lookup(
    'vmrs',
    { table: 'vmrs_lookup', key: 'vmrs_id', docs: 'Repair codes by system, assembly and component, with default costs.', parts: /^vmrs-[0-9]{3}$/ },
    {
      vmrs_code: attributeOr('vmrsCode', 'code'),
      labor_cost: amount('laborCost'),
      part_cost: amount('partCost'),
      currency_code: optionalText('currency'),
      vmrs_description: name,
      is_active: isActive,
    },
  ),
  lookup('service-type', named('service_type', 'Kinds of service of both lines of business.'), { code, name, is_active: isActive }),
  lookup('service-request-status', named('service_request_status', 'States of a service request.'), { code, name, is_active: isActive }),
  lookup('notification-channel', named('notification_channel', 'Channels that reach a person.'), { code, name, is_active: isActive }),
  lookup('bank', named('bank', 'Banks.'), { code, name, is_active: isActive }),
  lookup('department', named('department', 'Departments of Guatemala.'), { country_lookup_id: parent, code, name, is_active: isActive }),
  lookup('municipio', named('municipio', 'Municipalities, by the codes of INE.'), { department_id: parent, code, name, is_active: isActive }),
  lookup('zona', named('zona', 'Zones of municipalities.'), { municipio_id: parent, code, name, is_active: isActive }),
];
