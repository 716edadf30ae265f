// `mpmetrics/nest`: a module for NestJS on Express or Fastify, and decorators for its providers and controllers.

import type { IncomingMessage, ServerResponse } from 'http';
import { createRequire } from 'module';
import { join } from 'path';
import {
  Counter,
  Histogram,
  type CallLabels,
  type CounterConfiguration,
  type HistogramConfiguration,
  type LabelValues,
  type Metric,
  type MethodInstrument,
  type TimeInstrument,
} from '../../index';
import { measure, page, setRoute } from '../http/http';
import { pathOf, type MetricsOptions } from './options';

export type { MetricsOptions } from './options';

/** The used part of `@nestjs/common`. */
interface Nest {
  Controller(path: string): (target: object) => void;
  Get(): (target: object, key: string, descriptor: PropertyDescriptor) => void;
  Inject(token: string): (target: object, key: string | symbol | undefined, index?: number) => void;
  Req(): (target: object, key: string, index: number) => void;
  Res(): (target: object, key: string, index: number) => void;
}

/** A request or response of an adapter. Fastify's contains the one of Node. */
type Held<Message> = Message & { readonly raw?: Message; hijack?(): void };

/** The result of `forRoot`: a dynamic module. */
export interface MetricsDynamicModule {
  /** The class of the module. */
  readonly module: typeof MetricsModule;
  /** Its providers are there in every module. */
  readonly global: true;
  /** The controller of the page; none with `path: false`. */
  readonly controllers: never[];
  /** A provider for each of the option `metrics`. */
  readonly providers: MetricProvider[];
  /** The tokens of the providers. */
  readonly exports: string[];
}

/** A provider of a metric. */
export interface MetricProvider {
  /** The token, by which `@InjectMetric(name)` finds the metric. */
  readonly provide: string;
  /** The metric. */
  readonly useValue: Metric;
}

/** The options of the module. */
export interface MetricsModuleOptions extends MetricsOptions {
  /** The metrics for `@InjectMetric(name)`, in every module. */
  readonly metrics?: readonly Metric[];
}

/**
 * A module that shows the metrics on a path, below the application's prefix if it has one. It also starts the
 * measurement of every request of this process.
 *
 * ```js
 * import { Module } from '@nestjs/common';
 * import { MetricsModule } from 'mpmetrics/nest';
 *
 * @Module({ imports: [MetricsModule.forRoot()] })
 * class AppModule {}
 * ```
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- what NestJS calls a module is a class
export class MetricsModule {
  /** The module with options. */
  static forRoot(options: MetricsModuleOptions = {}): MetricsDynamicModule {
    measure(options);
    const path = pathOf(options);
    const providers = (options.metrics ?? []).map((metric) => ({
      provide: tokenOf(metric.name),
      useValue: metric,
    }));
    return {
      module: MetricsModule,
      global: true,
      controllers: path === false ? [] : [controllerAt(path, options) as never],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}

/**
 * Injects a metric of `MetricsModule.forRoot` into a provider or a controller.
 *
 * ```js
 * import { InjectMetric } from 'mpmetrics/nest';
 *
 * class Shop {
 *   constructor(@InjectMetric('orders_total') orders) {
 *     this.orders = orders;
 *   }
 * }
 * ```
 *
 * @param name The name of the metric.
 */
export function InjectMetric(name: string): ReturnType<Nest['Inject']> {
  return nest().Inject(tokenOf(name));
}

/**
 * Records how long the calls of a method take, in a histogram that is made if there is none of that name. For providers
 * and controllers, below or above the decorators of NestJS.
 *
 * ```js
 * import { Timed } from 'mpmetrics/nest';
 *
 * class Shop {
 *   @Timed({ name: 'order_seconds', help: 'Time to take an order' })
 *   async order(pieces) {}
 * }
 * ```
 *
 * @param labels Labels for each call, or a function that returns them after a call.
 */
export function Timed<T extends string = string>(
  configuration: HistogramConfiguration<T>,
  labels?: CallLabels<LabelValues<T>>,
): TimeInstrument<LabelValues<T>> {
  return Histogram.getOrCreate(configuration).time(labels);
}

/**
 * Counts the calls of a method, in a counter that is made if there is none of that name.
 *
 * ```js
 * import { Counted } from 'mpmetrics/nest';
 *
 * class Shop {
 *   @Counted({ name: 'orders_total', help: 'Orders' })
 *   order() {}
 * }
 * ```
 *
 * @param labels Labels for each call, or a function that returns them after a call.
 */
export function Counted<T extends string = string>(
  configuration: CounterConfiguration<T>,
  labels?: CallLabels<LabelValues<T>>,
): MethodInstrument {
  return Counter.getOrCreate(configuration).count(labels);
}

function tokenOf(name: string): string {
  return `mpmetrics:${name}`;
}

function controllerAt(path: string, options: MetricsOptions): object {
  const { Controller, Get, Req, Res } = nest();
  const answer = page(options);
  class MetricsController {
    async show(request: Held<IncomingMessage>, response: Held<ServerResponse>): Promise<void> {
      const message = request.raw ?? request;
      setRoute(message, path);
      // A hijacked response is left alone by Fastify.
      if (response.raw !== undefined) response.hijack?.();
      await answer(message, response.raw ?? response);
    }
  }
  const { prototype } = MetricsController;
  Req()(prototype, 'show', 0);
  Res()(prototype, 'show', 1);
  Get()(
    prototype,
    'show',
    Object.getOwnPropertyDescriptor(prototype, 'show') as PropertyDescriptor,
  );
  Controller(path)(MetricsController);
  return MetricsController;
}

/** The application's NestJS. This package does not depend on it. */
function nest(): Nest {
  const name = '@nestjs/common';
  try {
    return createRequire(__filename)(name) as Nest;
  } catch {
    return createRequire(join(process.cwd(), 'package.json'))(name) as Nest;
  }
}
