/** The commands that can be asked for over HTTP, by their path: computed from the model. */
import type { AnyAggregate, CommandDefinition } from '../../../domain/kernel/aggregate.ts';
import { kebabCase } from '../names.ts';

export type CommandRoute = {
  readonly aggregate: AnyAggregate;
  readonly type: string;
  readonly definition: CommandDefinition;
  /** `equipment/retire-equipment`: the path without its id. */
  readonly path: string;
  /** `equipment`: the aggregate's name in paths. */
  readonly aggregateName: string;
  /** The body of a create may name the new id, where the command has no field of that name. */
  readonly takesId: boolean;
};

/** Every command but the internal ones, by path. Throws where two would share one: a mistake of the model, found at start. */
export const commandRoutes = (model: readonly AnyAggregate[]): ReadonlyMap<string, CommandRoute> => {
  const routes = new Map<string, CommandRoute>();
  for (const aggregate of model) {
    const aggregateName = kebabCase(aggregate.category);
    for (const [type, definition] of Object.entries(aggregate.commands)) {
      if (definition.internal === true) continue;
      const path = `${aggregateName}/${kebabCase(type)}`;
      if (routes.has(path)) throw new Error(`two commands have the path ${path}`);
      const properties: unknown = Reflect.get(definition.schema, 'properties');
      const hasId = typeof properties === 'object' && properties !== null && Object.hasOwn(properties, 'id');
      routes.set(path, { aggregate, type, definition, path, aggregateName, takesId: definition.creates === true && !hasId });
    }
  }
  return routes;
};
