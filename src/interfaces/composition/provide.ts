/** Inversify without decorators: typed tokens, and one way to say how a part is made from others. */
import 'reflect-metadata';
import { Container, type ServiceIdentifier } from 'inversify';

/** Names a part of the system; `T` is its type. */
export type Token<T> = symbol & { readonly part?: T };
export const token = <T>(name: string): Token<T> => Symbol(name);

type PartsOf<D extends readonly Token<unknown>[]> = { readonly [K in keyof D]: D[K] extends Token<infer T> ? T : never };

/** The parts of one running system, each made once, when first asked for. */
export class Parts {
  readonly #container = new Container({ defaultScope: 'Singleton' });

  /** `make` gets the named parts, in order. */
  provide<T, const D extends readonly Token<unknown>[]>(name: Token<T>, dependencies: D, make: (...parts: PartsOf<D>) => T | Promise<T>): this {
    // The boundary to inversify, whose factories take what their identifiers resolve to.
    const factory = make as (...parts: readonly unknown[]) => T | Promise<T>;
    this.#container
      .bind<T>(name)
      .toResolvedValue(factory, dependencies as unknown as ServiceIdentifier[])
      .inSingletonScope();
    return this;
  }

  get<T>(name: Token<T>): Promise<T> {
    return this.#container.getAsync<T>(name);
  }
}
