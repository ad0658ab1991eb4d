/** P9: where a request's place is, and a customer's address. A place that already comes with its position needs nobody to find it. */
import { customer } from '../../domain/customer/decider.ts';
import { customerFact } from '../../domain/customer/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { type EffectReaction, type EffectStep, effects } from '../effects/effect.ts';
import type { FoundPlace, Geocoder, SaidPlace } from '../ports/geocoder.ts';
import { type Send, send } from './process.ts';

export type GeocodingPorts = { readonly geocoder: Geocoder };
const { when, effect } = effects<GeocodingPorts>();

type Asked = { readonly category: string; readonly to: string; readonly place: SaidPlace; readonly record: (found: FoundPlace) => Send };
const finding = ({ category, to, place, record }: Asked): EffectStep<GeocodingPorts> => ({
  step: 'geocode',
  category,
  to,
  perform: async ({ geocoder }) => {
    const found = await geocoder.find(place);
    return found === undefined ? [] : [record(found)];
  },
});

type Location = SaidPlace & { readonly position?: { readonly latitude: string; readonly longitude: string } };
const placeOfRequest: EffectReaction<GeocodingPorts, { readonly location?: Location }> = {
  plan: ({ aggregateId: to, data: { location } }) => {
    if (location === undefined) return [];
    const record = (data: FoundPlace): Send => send(serviceRequest, 'RecordRequestGeocode', { step: 'geocode', to, data });
    const { position, ...place } = location;
    if (position === undefined) return [finding({ category: serviceRequest.category, to, place, record })];
    // Whoever asked stood there.
    return [{ step: 'geocode', category: serviceRequest.category, to, perform: async () => [record({ position, precision: 'exact', provider: 'caller' })] }];
  },
};
const placeOfAddress: EffectReaction<GeocodingPorts, SaidPlace & { readonly addressId: string }> = {
  reads: ({ aggregateId }) => [customerFact.at(aggregateId)],
  plan: ({ aggregateId: to, data: { addressId, ...place } }, facts) => {
    const state = customerFact.of(facts, to);
    const address = state === undefined || state.situation === 'absent' ? undefined : state.addresses[addressId];
    if (address === undefined || address.geocode !== null) return [];
    const record = (found: FoundPlace): Send => send(customer, 'RecordGeocode', { step: 'geocode', to, data: { addressId, ...found } });
    return [finding({ category: customer.category, to, place, record })];
  },
};

export const geocoding = effect({
  name: 'Geocoding',
  docs: 'P9: finds out where the places of requests and the addresses of customers are.',
  on: [
    when(serviceRequest, { RequestSubmitted: placeOfRequest, RequestAmended: placeOfRequest }),
    when(customer, { AddressAdded: placeOfAddress, AddressChanged: placeOfAddress }),
  ],
});
