// Standard decorators on every kind of method. They are compiled separately, because the test loader refuses them.

import type { MethodInstrument, TimeInstrument } from 'mpmetrics';

/** A class with methods decorated by the instruments of a test. */
export function decoratedClass(
  time: () => TimeInstrument<{ route?: string }>,
  count: () => MethodInstrument,
) {
  class Service {
    readonly #factor = 2;

    @time() plain(value: number): number {
      return value * this.#factor;
    }

    @time() async later(value: number): Promise<number> {
      return this.plain(value);
    }

    @time() generic<Value extends string | number>(value: Value): Value[] {
      return [value];
    }

    @count() static make(): Service {
      return new this();
    }

    @time() #hidden(value: number): number {
      return value * this.#factor;
    }

    viaHidden(value: number): number {
      return this.#hidden(value);
    }

    @time() *numbers(): Generator<number> {
      yield this.#factor;
    }

    @time() async *laterNumbers(): AsyncGenerator<number> {
      yield this.#factor;
    }

    @count() @time() twice(first: number, second = 0): number {
      return first + second;
    }

    @time() fails(): never {
      throw new Error('as it should');
    }
  }
  return Service;
}

/** `using` with a timer: the timer stops at the end of the block. */
export function inBlock(time: () => TimeInstrument<{ route?: string }>, work: () => void): void {
  // oxlint-disable-next-line no-unused-vars -- only the end of the block matters
  using timer = time();
  work();
}

/** A decorator on something other than a method. */
export function decoratedGetter(count: () => MethodInstrument): unknown {
  class Service {
    // @ts-expect-error -- it is for methods: the type says so, and so does an error
    @count() get value(): number {
      return 1;
    }
  }
  return Service;
}
