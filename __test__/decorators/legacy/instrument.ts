// The older decorators, `experimentalDecorators`, with the metadata that frameworks keep on methods.

import type { MethodInstrument, TimeInstrument } from 'mpmetrics';

/** A decorator like those of NestJS: it stores its argument on the method itself. */
function Route(path: string): MethodDecorator {
  return (_target, _key, descriptor) => {
    (Reflect as unknown as MetadataReflection).defineMetadata('path', path, descriptor.value);
  };
}

interface MetadataReflection {
  defineMetadata(key: string, value: unknown, target: unknown): void;
}

/** A class with methods decorated by the instruments of a test. */
export function decoratedClass(
  time: () => TimeInstrument<{ route?: string }>,
  count: () => MethodInstrument,
) {
  class Service {
    private readonly factor = 2;

    @time() plain(value: number): number {
      return value * this.factor;
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

    @time() *numbers(): Generator<number> {
      yield this.factor;
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

/** A class that keeps its routes as metadata, above and below the instrument. */
export function routedClass(time: () => TimeInstrument<{ route?: string }>) {
  class Controller {
    @time() @Route('/below') below(id: string): string {
      return id;
    }

    @Route('/above') @time() above(id: string): string {
      return id;
    }
  }
  return Controller;
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
