/** The one list of read models. The projector, the query routes and the documents iterate it. */

import { access } from './access/projection.ts';
import { accessQueries } from './access/queries.ts';
import { activityFeed } from './activity-feed/projection.ts';
import { activityFeedQueries } from './activity-feed/queries.ts';
import { agreements } from './agreements/projection.ts';
import { agreementQueries } from './agreements/queries.ts';
import { allocationCounts } from './allocation-counts/projection.ts';
import { allocationCountQueries } from './allocation-counts/queries.ts';
import { catalogs } from './catalogs/projection.ts';
import { catalogQueries } from './catalogs/queries.ts';
import { compliance } from './compliance/projection.ts';
import { complianceQueries } from './compliance/queries.ts';
import { customers } from './customers/projection.ts';
import { customerQueries } from './customers/queries.ts';
import { deadlines } from './deadlines/projection.ts';
import { deadlineQueries } from './deadlines/queries.ts';
import { documents } from './documents/projection.ts';
import { documentQueries } from './documents/queries.ts';
import { fleet } from './equipment/projection.ts';
import { equipmentQueries } from './equipment/queries.ts';
import { eventIndex } from './event-index/projection.ts';
import { eventIndexQueries } from './event-index/queries.ts';
import { fleetFigures } from './fleet-figures/projection.ts';
import { fleetFigureQueries } from './fleet-figures/queries.ts';
import { geofences } from './geofences/projection.ts';
import { geofenceQueries } from './geofences/queries.ts';
import { globalSearch } from './global-search/projection.ts';
import type { ReadModel } from './kernel/read-model.ts';
import { maintenanceSchedules } from './maintenance/projection.ts';
import { maintenanceQueries } from './maintenance/queries.ts';
import { products } from './products/projection.ts';
import { productQueries } from './products/queries.ts';
import { quotations } from './quotations/projection.ts';
import { quotationQueries } from './quotations/queries.ts';
import { roadsideModel } from './roadside/projection.ts';
import { roadsideQueries } from './roadside/queries.ts';
import { serviceRequests } from './service/projection.ts';
import { serviceQueries } from './service/queries.ts';
import { support } from './support/projection.ts';
import { supportQueries } from './support/queries.ts';
import { usersReadModel } from './users/projection.ts';
import { userQueries } from './users/queries.ts';
import { workOrdersModel } from './work-orders/projection.ts';
import { workOrderQueries } from './work-orders/queries.ts';

export const readModels: readonly ReadModel[] = [
  { projection: deadlines, queries: deadlineQueries },
  { projection: agreements, queries: agreementQueries },
  { projection: allocationCounts, queries: allocationCountQueries },
  { projection: catalogs, queries: catalogQueries },
  { projection: eventIndex, queries: eventIndexQueries },
  { projection: activityFeed, queries: activityFeedQueries },
  // Asked by its words only: a plain query over it would pass over the permissions of the things found.
  { projection: globalSearch, queries: [] },
  { projection: customers, queries: customerQueries },
  { projection: documents, queries: documentQueries },
  { projection: fleet, queries: equipmentQueries },
  { projection: fleetFigures, queries: fleetFigureQueries },
  { projection: geofences, queries: geofenceQueries },
  { projection: products, queries: productQueries },
  { projection: quotations, queries: quotationQueries },
  { projection: maintenanceSchedules, queries: maintenanceQueries },
  { projection: compliance, queries: complianceQueries },
  { projection: support, queries: supportQueries },
  { projection: usersReadModel, queries: userQueries },
  { projection: access, queries: accessQueries },
  { projection: workOrdersModel, queries: workOrderQueries },
  { projection: roadsideModel, queries: roadsideQueries },
  { projection: serviceRequests, queries: serviceQueries },
];
