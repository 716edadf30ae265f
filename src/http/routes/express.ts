// The routes of Express 4 and 5 (and of the package `router`): the path of a route, and the paths of the routers above
// it.
//
// Express keeps neither the template of a mounted router nor the way of a request through the routers. `req.baseUrl`
// has only the path that the client has sent. So each layer with a path gets a handler that notes the path.

import { openRequest } from '../open-request';
import { templateOf } from '../route';
import type { Sought } from './modules';

type Next = (error?: unknown) => void;
type Handle = (request: ExpressRequest, response: object, next: Next) => unknown;

/** An entry of a router: a route, or anything mounted. */
interface Layer {
  readonly route?: { readonly path: unknown };
  [ROUTER]?: RouterMethods;
  [PATH]?: string;
  /** In Express 4. */
  handle_request?: Handle;
  /** In Express 5. */
  handleRequest?: Handle;
}

/** The methods that all routers inherit. */
interface RouterMethods {
  stack: Layer[];
  use(...given: unknown[]): unknown;
  route(path: unknown): unknown;
  handle(request: ExpressRequest, ...rest: unknown[]): unknown;
}

interface ExpressRequest {
  baseUrl?: string;
}

const ROUTER = Symbol('mpmetrics.express.router');
const PATH = Symbol('mpmetrics.express.path');

/** @internal */
export const expressRouter: Sought = {
  request: /(?:^|[\\/])router(?:[\\/]index(?:\.js)?)?$/,
  isIt: (exported) => methodsOf(exported) !== undefined,
  see: (exported) => {
    const methods = methodsOf(exported);
    if (methods !== undefined) observe(methods);
  },
};

/** The prototype of routers: the exported object in Express 4, and that of the exported constructor in Express 5. */
function methodsOf(exported: unknown): RouterMethods | undefined {
  if (typeof exported !== 'function') return undefined;
  for (const found of [exported, (exported as { prototype?: unknown }).prototype]) {
    const { use, route, handle } = (found ?? {}) as Partial<RouterMethods>;
    if ([use, route, handle].every((method) => typeof method === 'function')) {
      return found as RouterMethods;
    }
  }
  return undefined;
}

function observe(methods: RouterMethods): void {
  const { use, route, handle } = methods;

  methods.use = function useWithPath(this: RouterMethods, ...given) {
    const before = this.stack.length;
    const result = use.apply(this, given);
    const path = pathIn(given);
    if (path !== '/') for (const layer of this.stack.slice(before)) mark(layer, this, path);
    return result;
  };

  methods.route = function routeWithPath(this: RouterMethods, path) {
    const made = route.call(this, path);
    const layer = this.stack.at(-1);
    if (layer !== undefined) mark(layer, this, templateOf(path));
    return made;
  };

  methods.handle = function handleBelow(this: RouterMethods, request, ...rest) {
    const open = openRequest(request);
    if (open !== undefined) {
      const { mounted } = open;
      if (mounted !== undefined && request.baseUrl) (open.bases ??= new Map()).set(this, mounted);
      else open.bases?.delete(this);
    }
    return handle.call(this, request, ...rest);
  };
}

/** The path argument of `use`: the first argument, unless it is a handler. */
function pathIn([first]: readonly unknown[]): string {
  const innermost = Array.isArray(first) ? first.flat(Infinity)[0] : first;
  return typeof innermost === 'function' ? '/' : templateOf(first);
}

function mark(layer: Layer, router: RouterMethods, path: string): void {
  layer[ROUTER] = router;
  layer[PATH] = path;
  // The class has one of these two methods. The layer gets its own, which calls that of the class.
  if (typeof layer.handle_request === 'function') layer.handle_request = noteIn4;
  else layer.handleRequest = noteIn5;
}

const noteIn4 = noting('handle_request');
const noteIn5 = noting('handleRequest');

function noting(method: 'handle_request' | 'handleRequest'): Handle {
  return function note(this: Layer, request, response, next) {
    const { [method]: handle } = Object.getPrototypeOf(this) as Layer;
    const open = openRequest(request);
    if (open === undefined) return (handle as Handle).call(this, request, response, next);
    const base = open.bases?.get(this[ROUTER] as RouterMethods) ?? '';
    const template = joined(base, this[PATH] as string);
    if (this.route !== undefined) {
      open.route = template;
      return (handle as Handle).call(this, request, response, next);
    }
    const { mounted } = open;
    open.mounted = template;
    // The mounted handler passes the request on, so the request is in the router above again.
    const leave: Next = (error) => {
      open.mounted = mounted;
      return next(error);
    };
    return (handle as Handle).call(this, request, response, leave);
  };
}

/** Joins `/users` and `/:id`. `/users` and `/` make `/users`. */
function joined(base: string, path: string): string {
  if (base === '') return path;
  if (path === '/') return base;
  return base.endsWith('/') ? base.slice(0, -1) + path : base + path;
}
