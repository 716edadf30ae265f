// The one object that is a decorator of either kind, and a wrapper of functions.

import { MpmetricsError } from '../errors';
import type { AnyFunction } from './call';

/**
 * Decorates a method, or wraps a function. One value serves as
 *
 * - a standard decorator: `@metric.count() handle() {}` in TypeScript 5 or newer,
 * - a decorator under TypeScript's `experimentalDecorators`, as NestJS uses them,
 * - a wrapper: `const handle = metric.count()(function handle() {})`.
 *
 * The result has the type, the `name`, the `length` and the metadata of what it was given.
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
  /** As a wrapper of a function. (The second parameter keeps the compiler from taking it for a decorator of getters.) */
  <Wrapped extends (...args: never[]) => unknown>(wrapped: Wrapped, context?: undefined): Wrapped;
}

/** Makes the object from the one thing that instruments differ in: how they wrap a function. @internal */
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

/** The older kind of decorator changes the property it is told about. */
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

/** What belongs to one function object alone, and must not be copied to another. */
const OWN = new Set<PropertyKey>(['prototype', 'arguments', 'caller']);

/** The part of `reflect-metadata` that is needed here. A framework loads it, or nobody does. */
interface MetadataReflection {
  getMetadataKeys?(target: object): unknown[];
  getMetadata(key: unknown, target: object): unknown;
  defineMetadata(key: unknown, value: unknown, target: object): void;
}

/** Wraps a method, and makes the wrapper look like it: frameworks find routes and names on the function itself. */
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
