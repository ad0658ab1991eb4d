/** What a request says: its place, and its details in the table of its type. */
import { type All, addressRowId, type Data, dateIn, integerIn, lookupId, numberIn, personRowId, textIn, uploadRowId, uuidsIn } from './rows.ts';

type Said = Pick<Data<'RequestSubmitted'>, 'details' | 'location' | 'persons'> & { readonly serviceType: string };

const addressOf = (rows: All, requestId: string, { location }: Said): void => {
  const id = addressRowId(requestId);
  if (location === undefined) {
    rows.address.remove(id);
    return;
  }
  const { street = null, municipio, zona, position, directions = null } = location;
  rows.address.put({
    service_request_address_id: id,
    service_request_id: requestId,
    street,
    municipio_id: lookupId('municipio', municipio),
    zona_id: lookupId('zona', zona),
    directions,
    latitude: position === undefined ? null : Number(position.latitude),
    longitude: position === undefined ? null : Number(position.longitude),
    geocode_precision: position === undefined ? null : 'exact',
    geocode_provider: null,
    geocoded_at: null,
  });
};

const personsOf = (rows: All, requestId: string, { persons = [] }: Said): void => {
  const fields = persons.map(({ field }) => field);
  for (const gone of rows.request.get(requestId)?.personal_fields ?? []) if (!fields.includes(gone)) rows.person.remove(personRowId(requestId, gone));
  for (const { field, text } of persons)
    rows.person.put({ service_request_person_id: personRowId(requestId, field), service_request_id: requestId, field, text });
  rows.request.patch(requestId, { personal_fields: fields });
};

const plantOf = (rows: All, requestId: string, details: Said['details']): void => {
  const uploads = uuidsIn(details, 'uploads');
  for (const gone of rows.ptar.get(requestId)?.upload_ids ?? []) if (!uploads.includes(gone)) rows.ptarFile.remove(uploadRowId(requestId, gone));
  for (const attachment_id of uploads)
    rows.ptarFile.put({ form_ptar_service_file_id: uploadRowId(requestId, attachment_id), service_request_id: requestId, attachment_id });
  rows.ptar.put({
    service_request_id: requestId,
    design_flow_m3_day: numberIn(details, 'designFlowM3Day'),
    scope: textIn(details, 'scope'),
    water_origin: textIn(details, 'waterOrigin'),
    population_served: integerIn(details, 'populationServed'),
    upload_ids: uploads,
  });
};

/** Writes the rows that follow from what a request says now. */
export const saidOf = (rows: All, requestId: string, said: Said): void => {
  const { serviceType, details } = said;
  addressOf(rows, requestId, said);
  personsOf(rows, requestId, said);
  if (serviceType === 'sanitarios')
    rows.sanitarios.put({
      service_request_id: requestId,
      quantity: integerIn(details, 'quantity'),
      sink_quantity: integerIn(details, 'sinkQuantity'),
      rental_start_date: dateIn(details, 'rentalStartDate'),
      rental_end_date: dateIn(details, 'rentalEndDate'),
      cleanings_per_week: integerIn(details, 'cleaningsPerWeek'),
      purpose: textIn(details, 'purpose'),
      event_name: textIn(details, 'eventName'),
    });
  if (serviceType === 'fosas')
    rows.fosas.put({
      service_request_id: requestId,
      water_type: textIn(details, 'waterType'),
      volume_m3: numberIn(details, 'volumeM3'),
      tank_count: integerIn(details, 'tankCount'),
      depth_meters: numberIn(details, 'depthMeters'),
      hose_distance_meters: numberIn(details, 'hoseDistanceMeters'),
    });
  if (serviceType === 'ptar') plantOf(rows, requestId, details);
  if (serviceType === 'other')
    rows.others.put({ service_request_id: requestId, description: textIn(details, 'description') ?? '', desired_on: dateIn(details, 'desiredOn') });
};
