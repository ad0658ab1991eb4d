/** Names of the virtual link streams that a cluster's standard projections would write. */

const categoryPrefix = '$ce-';
const typePrefix = '$et-';

/** `$ce-<category>`: events of streams `<category>-…`; `$et-<type>`: events of a type. */
export const isVirtual = (name: string): boolean => name.startsWith(categoryPrefix) || name.startsWith(typePrefix);

/** The part of a stream's name before its first `-`; system streams and names without one have no category. */
export const categoryListOf = (streamName: string): string | undefined => {
  const dash = streamName.indexOf('-');
  return dash < 0 || streamName.startsWith('$') ? undefined : `${categoryPrefix}${streamName.slice(0, dash)}`;
};

/** Links are not linked again. */
export const typeListOf = (type: string): string | undefined => (type === '$>' ? undefined : `${typePrefix}${type}`);
