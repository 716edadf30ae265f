// An object that is both kinds of decorator, and a wrapper of functions.

import { MpmetricsError } from '../errors';
import type { AnyFunction } from './call';

/**
 * Decorates a method, or wraps a function. One value serves as
 *
 * - a standard decorator: `@metric.count() handle() {}` in TypeScript 5 or newer,
 * - a decorator under TypeScript's `experimentalDecorators`, as NestJS uses them,
 * - a wrapper: `const handle = metric.count()(function handle() {})`.
 *
 * The result has the type, `name`, `length` and metadata of the original.
 */
export interface MethodInstrument {
  /** As a standard method decorator. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the constraint is the language's own
  <This, Method extends (this: This, ...args: any) => any>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method>,
  ): Method;
  /** As a method decorator under `experimentalDecorators`. */
  <Method extends (...args: never[]) => unknown>(
    target: object,
    key: PropertyKey,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
  /**
   * As a wrapper of a function. (Without the second parameter, the compiler would take this for a decorator of
   * getters.)
   */
  <Wrapped extends (...args: never[]) => unknown>(wrapped: Wrapped, context?: undefined): Wrapped;
}

/** Makes the object from a function that wraps a method. @internal */
export function methodInstrument(wrap: (method: AnyFunction) => AnyFunction): MethodInstrument {
  const instrument = (first: unknown, context?: unknown, descriptor?: unknown): unknown => {
    if (typeof context === 'string' || typeof context === 'symbol') {
      decorateProperty(wrap, descriptor as TypedPropertyDescriptor<unknown> | undefined);
      return undefined;
    }
    if (typeof first !== 'function' || (isContext(context) && context.kind !== 'method')) {
      throw notAMethod();
    }
    return disguised(first as AnyFunction, wrap);
  };
  return instrument as MethodInstrument;
}

/** A decorator of the older kind changes the property. */
function decorateProperty(
  wrap: (method: AnyFunction) => AnyFunction,
  descriptor: TypedPropertyDescriptor<unknown> | undefined,
): void {
  if (typeof descriptor?.value !== 'function') throw notAMethod();
  descriptor.value = disguised(descriptor.value as AnyFunction, wrap);
}

function isContext(context: unknown): context is DecoratorContext {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

function notAMethod(): MpmetricsError {
  return new MpmetricsError(
    'MPMETRICS_BAD_ARGUMENT',
    'This decorates methods and wraps functions. For a field that holds a function, wrap the function: ' +
      'handle = metric.time()((request) => { … })',
  );
}

/** Properties that belong to one function object, and must not be copied. */
const OWN = new Set<PropertyKey>(['prototype', 'arguments', 'caller']);

/** The used part of `reflect-metadata`, if a framework has loaded it. */
interface MetadataReflection {
  getMetadataKeys?(target: object): unknown[];
  getMetadata(key: unknown, target: object): unknown;
  defineMetadata(key: unknown, value: unknown, target: object): void;
}

/** Wraps a method, and copies its properties to the wrapper: frameworks find routes and names on the function itself. */
function disguised(method: AnyFunction, wrap: (method: AnyFunction) => AnyFunction): AnyFunction {
  const wrapper = wrap(method);
  for (const key of Reflect.ownKeys(method)) {
    if (OWN.has(key)) continue;
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(method, key)!);
  }
  const reflection = Reflect as unknown as MetadataReflection;
  for (const key of reflection.getMetadataKeys?.(method) ?? []) {
    reflection.defineMetadata(key, reflection.getMetadata(key, method), wrapper);
  }
  return wrapper;
}
