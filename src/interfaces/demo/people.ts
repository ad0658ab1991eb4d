/** The people of the demonstration: one for each role, so that every view can be tried. */
export type DemoPerson = {
  /** The name that `/dev/token` takes; the token's subject is `demo|<user>`. */
  readonly user: string;
  readonly name: string;
  readonly docs: string;
  readonly role: 'admin' | 'gerente' | 'vendedor' | 'technician' | 'auditor' | 'customer-admin' | 'customer-dispatcher' | 'customer-viewer';
  /** The index of the demo customer; staff have none. */
  readonly customer?: number;
};

export const demoPeople: readonly DemoPerson[] = [
  { user: 'admin', name: 'Ana Morales', role: 'admin', docs: 'company administrator: everything' },
  { user: 'gerente', name: 'Gabriel Paz', role: 'gerente', docs: 'company manager: approves, sees all customers' },
  { user: 'vendedor', name: 'Valeria Soto', role: 'vendedor', docs: 'salesperson: customers, agreements, quotations' },
  { user: 'technician', name: 'Tomás Xol', role: 'technician', docs: 'technician: equipment, meters, devices' },
  { user: 'auditor', name: 'Alicia Font', role: 'auditor', docs: 'auditor: reads everything, changes nothing' },
  { user: 'north-admin', name: 'Nora Klein', role: 'customer-admin', customer: 0, docs: 'administrator of the first customer' },
  { user: 'north-dispatch', name: 'Diego Ruiz', role: 'customer-dispatcher', customer: 0, docs: 'dispatcher of one account of the first customer' },
  { user: 'south-admin', name: 'Sofía Lemus', role: 'customer-admin', customer: 1, docs: 'administrator of the second customer' },
  { user: 'east-admin', name: 'Elías Pérez', role: 'customer-admin', customer: 2, docs: 'administrator of the third customer' },
  { user: 'west-viewer', name: 'Wendy Ochoa', role: 'customer-viewer', customer: 3, docs: 'reads what the fourth customer has' },
];
