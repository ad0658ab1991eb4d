/** What an endpoint is called where calls are counted: its template, with the names that come from closed lists filled in. */
import type { Request } from 'express';

type Known = {
  /** `equipment/retire-equipment`. */
  readonly hasCommand: (path: string) => boolean;
  readonly hasQuery: (name: string) => boolean;
};

const parameter = ({ params }: Request, name: string): string | undefined => {
  const value: unknown = params[name];
  return typeof value === 'string' ? value : undefined;
};

/** `POST /commands/equipment/{id}/retire-equipment`; a name that nobody knows stays `{command}`, so that there are only so many. */
export const endpointNames = ({ hasCommand, hasQuery }: Known): ((request: Request) => string) => {
  const made = new Map<string, string>();
  const known = (request: Request): readonly (readonly [string, string])[] => {
    const [aggregate, command, query] = [parameter(request, 'aggregate'), parameter(request, 'command'), parameter(request, 'query')];
    if (query !== undefined && hasQuery(query)) return [[':query', query]];
    return aggregate !== undefined && command !== undefined && hasCommand(`${aggregate}/${command}`)
      ? [
          [':aggregate', aggregate],
          [':command', command],
        ]
      : [];
  };
  return (request) => {
    const path: unknown = request.route?.path;
    const template = typeof path === 'string' ? path : 'unknown';
    const names = known(request);
    const key = `${request.method} ${template} ${names.map(([, name]) => name).join('/')}`;
    const found = made.get(key);
    if (found !== undefined) return found;
    const filled = names.reduce((text, [word, name]) => text.replace(word, name), template).replaceAll(/:(\w+)/g, '{$1}');
    const name = `${request.method} ${filled}`;
    made.set(key, name);
    return name;
  };
};
