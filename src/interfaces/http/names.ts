/** Names as they stand in paths: kebab-case from the model's camelCase and PascalCase. */

/** `ServiceRequest` → `service-request`, `linkIoTDevice` → `link-io-t-device`, `RecordDOTInspection` → `record-dot-inspection`. */
export const kebabCase = (name: string): string =>
  name
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();

/** `serviceRequest` → `Service request`. */
export const inWords = (name: string): string => {
  const words = kebabCase(name).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
