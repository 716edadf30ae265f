// Names, labels and bounds of the HTTP metrics: those of the semantic conventions, and those of older dashboards.

/** A request that has ended. @internal */
export interface EndedRequest {
  readonly method: string;
  /** Absent if there was no response. */
  readonly status?: number;
  /** A fault besides the status: the connection was closed, or no response came. */
  readonly error?: string;
  readonly scheme: 'http' | 'https';
  /** The version of HTTP: 1.0, 1.1 or 2. */
  readonly version?: string;
}

/** A request that this application has received. @internal */
export interface ServedRequest extends EndedRequest {
  readonly route?: string | undefined;
}

/** A request that this application has sent. @internal */
export interface SentRequest extends EndedRequest {
  readonly address: string;
  readonly port: number | undefined;
}

type Labels = Record<string, string | number>;

/** A family, and the labels of a request in it. */
interface FamilyNames<Request> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  labels(request: Request): Labels;
}

/** One choice of names. @internal */
export interface HttpNames {
  readonly buckets: readonly number[];
  readonly served: FamilyNames<ServedRequest>;
  readonly active: FamilyNames<Pick<ServedRequest, 'method' | 'scheme'>>;
  readonly sent: FamilyNames<SentRequest>;
}

/** The status of a request whose client has closed the connection, in the older names. Proxies use the same. */
const BROKEN_OFF = 499;

const semconv: HttpNames = {
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  served: {
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    labelNames: [
      'http_request_method',
      'http_response_status_code',
      'http_route',
      'url_scheme',
      'network_protocol_version',
      'error_type',
    ],
    labels: (request) => ({
      http_request_method: request.method,
      ...statusLabel(request),
      ...(request.route !== undefined && { http_route: request.route }),
      ...protocolLabels(request),
      ...errorLabel(request, 500),
    }),
  },
  active: {
    name: 'http_server_active_requests',
    help: 'Number of HTTP server requests in progress.',
    labelNames: ['http_request_method', 'url_scheme'],
    labels: ({ method, scheme }) => ({ http_request_method: method, url_scheme: scheme }),
  },
  sent: {
    name: 'http_client_request_duration_seconds',
    help: 'Duration of HTTP client requests.',
    labelNames: [
      'http_request_method',
      'server_address',
      'server_port',
      'http_response_status_code',
      'url_scheme',
      'network_protocol_version',
      'error_type',
    ],
    labels: (request) => ({
      http_request_method: request.method,
      server_address: request.address,
      ...(request.port !== undefined && { server_port: request.port }),
      ...statusLabel(request),
      ...protocolLabels(request),
      ...errorLabel(request, 400),
    }),
  },
};

const classic: HttpNames = {
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  served: {
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds.',
    labelNames: ['method', 'route', 'status_code'],
    labels: ({ method, status, route, error }) => ({
      method,
      ...(route !== undefined && { route }),
      status_code: error === undefined ? (status ?? 0) : BROKEN_OFF,
    }),
  },
  active: {
    name: 'http_requests_in_progress',
    help: 'Number of HTTP requests in progress.',
    labelNames: ['method'],
    labels: ({ method }) => ({ method }),
  },
  sent: {
    name: 'http_client_request_duration_seconds',
    help: 'Duration of HTTP requests that were sent, in seconds.',
    labelNames: ['method', 'host', 'status_code'],
    labels: ({ method, address, port, status }) => ({
      method,
      host: port === undefined ? address : `${address}:${port}`,
      ...(status !== undefined && { status_code: status }),
    }),
  },
};

/** Both choices. @internal */
export const HTTP_NAMES: Readonly<Record<'semconv' | 'classic', HttpNames>> = { semconv, classic };

function statusLabel({ status }: EndedRequest): Labels {
  return status === undefined ? {} : { http_response_status_code: status };
}

function protocolLabels({ scheme, version }: EndedRequest): Labels {
  return {
    url_scheme: scheme,
    ...(version !== undefined && { network_protocol_version: version }),
  };
}

/** @param from The first status that counts as an error. A server is not at fault for errors of its clients. */
function errorLabel({ status, error }: EndedRequest, from: number): Labels {
  if (error !== undefined) return { error_type: error };
  return status !== undefined && status >= from ? { error_type: String(status) } : {};
}
