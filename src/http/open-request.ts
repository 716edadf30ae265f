// The state of an incoming request while it is measured: one object for each request.
//
// Frameworks such as Express give each request and response another prototype. From then on, V8 takes microseconds to store
// a property in them, or to find that there is none. So both get one property at the beginning, and the rest is stored
// here.

import { now } from './clock';
import { methodNumber, METHODS } from './methods';

// A registered symbol, so that several copies of the package in one isolate share it.
const OPEN = Symbol.for('mpmetrics.http.request');

/** A request, response or stream. */
interface Carrier {
  [OPEN]?: OpenRequest;
}

/** A request in a few numbers, so that its series is found without making a text or an object. @internal */
export class OpenRequest {
  /** When the request began, in milliseconds. */
  readonly start = now();
  /** Whether the request was not counted yet. */
  isOpen = true;
  /** Its method and its scheme, as one number. */
  readonly kind: number;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1, 2 for HTTP/2. */
  readonly version: number;
  route: string | undefined = undefined;
  /** The status of the response; 0 if none was sent. */
  status = 0;
  /** Whether the client or this side has closed the connection before the response was sent. */
  isBroken = false;
  /** The template of the mounted router of Express that the request is entering. */
  mounted: string | undefined = undefined;
  /** The templates of the routers of Express that the request has entered. */
  bases: Map<object, string> | undefined = undefined;

  constructor(method: string | undefined, isEncrypted: boolean, version: number) {
    this.kind = methodNumber(method) * 2 + (isEncrypted ? 1 : 0);
    this.version = version;
  }

  /** Has `openRequest` find it. */
  attachTo(carrier: object): void {
    (carrier as Carrier)[OPEN] = this;
  }
}

/** The open request of a request, response or stream; undefined if it is not measured. @internal */
export function openRequest(carrier: object): OpenRequest | undefined {
  return (carrier as Carrier)[OPEN];
}

/** The labels that a kind stands for. @internal */
export function methodAndScheme(kind: number): { method: string; scheme: 'http' | 'https' } {
  return { method: METHODS[kind >> 1] as string, scheme: kind & 1 ? 'https' : 'http' };
}
