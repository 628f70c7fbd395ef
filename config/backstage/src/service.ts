import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';

/** The facts of an active service token. */
export interface TokenFacts {
  /** `service-token:<groupEntityRef>:<name>` */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** In milliseconds since 1970, by the clock of the service. */
  readonly expiresAt: number;
}

/** A position in the change feed: the last change that a reader has applied. */
export interface Position {
  /** The position as the service wrote it. Requests repeat this text. */
  readonly text: string;
  readonly number: number;
  /** The random nonce of that change; absent if there was no change yet. */
  readonly nonce?: string;
  readonly server: string;
}

/** One change of the verdict on a token. */
interface Change {
  readonly number: number;
  readonly nonce: string;
  /** The SHA-256 of the raw token, in hexadecimal. */
  readonly digest: string;
  readonly kind: string;
}

/** A response of the change feed. */
export interface ChangePage {
  /** Absent if the response does not continue at the position of the request. */
  readonly position?: string;
  readonly lastNumber: number;
  /** The current nonce of the change at the position of the request. */
  readonly nonceAtPosition?: string;
  readonly changes: readonly Change[];
  /** False if more changes follow. */
  readonly complete: boolean;
  readonly server: string;
  /** 0 if the service grants no lease. */
  readonly leaseMillis: number;
  /** In milliseconds since 1970. */
  readonly serviceTime: number;
}

/** Maximum length of a response. Every valid response is shorter: the scopes of a token have at most 100 KB. */
const MAX_BYTES = 128 * 1024;
const MAX_LEASE_MILLIS = 60_000;
const TIMEOUT_MILLIS = 5_000;
/** The lease begins before the request. So a slow response grants little time. */
const CHANGES_TIMEOUT_MILLIS = 2_000;
const MAX_CONNECTIONS = 16;
const SERVICE_TOKEN = 'service-token:';

/**
 * Calls the access-tokens service, in bounded time and over a bounded number of connections. An unexpected response is
 * an error. No error contains a token or a part of a response.
 */
export class TokenService {
  private readonly introspectUrl: URL;
  private readonly changesUrl: URL;
  private readonly introspectConnections: http.Agent;
  private readonly changesConnections: http.Agent;
  private readonly send: typeof http.request;

  /**
   * @param url - the address of the service, such as `https://tokens.example.com`
   * @param token - the raw token of this verifier, with the scope `access-tokens:introspect`
   */
  constructor(
    url: URL,
    private readonly token: string,
  ) {
    const base = url.href.replace(/\/$/, '');
    this.introspectUrl = new URL(`${base}/api/access-tokens/introspect`);
    this.changesUrl = new URL(`${base}/api/access-tokens/changes`);
    const { Agent, request } = url.protocol === 'https:' ? https : http;
    this.send = request as typeof http.request;
    this.introspectConnections = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
    // Introspections of unknown tokens must not delay the changes, so the changes have their own connection.
    this.changesConnections = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  /**
   * Introspects a token (RFC 7662).
   *
   * @param position - the service responds from no older position of the change feed
   * @returns the facts; undefined if the token is not active, or is no service token that Backstage can accept
   */
  async introspect(token: string, position?: Position): Promise<TokenFacts | undefined> {
    const form = new URLSearchParams({ token });
    if (position) {
      form.set('position', position.text);
    }
    const response = await this.request(this.introspectUrl, this.introspectConnections, TIMEOUT_MILLIS, form.toString());
    return readFacts(response);
  }

  /** Reads the changes after a position. Without a position, reads only the last change. */
  async changes(after?: Position): Promise<ChangePage> {
    const url = new URL(this.changesUrl);
    const nonce = randomBytes(16).toString('base64url');
    url.searchParams.set('nonce', nonce);
    if (after) {
      url.searchParams.set('after', after.text);
    }
    const response = await this.request(url, this.changesConnections, CHANGES_TIMEOUT_MILLIS);
    check(response.nonce === nonce, 'a proxy has cached the response');
    return readPage(response);
  }

  close() {
    this.introspectConnections.destroy();
    this.changesConnections.destroy();
  }

  private async request(url: URL, agent: http.Agent, millis: number, form?: string): Promise<Json> {
    const signal = AbortSignal.timeout(millis);
    let response: http.IncomingMessage;
    let body: string | undefined;
    try {
      response = await this.exchange(url, agent, signal, form);
      body = await bodyOf(response);
    } catch (error) {
      throw new Error(`no response from ${url.origin}${url.pathname}: ${signal.aborted ? 'timeout' : codeOf(error)}`);
    }
    check(response.statusCode === 200, `${url.origin}${url.pathname} responded with ${response.statusCode}`);
    check(body !== undefined, 'the response is too long');
    return readJson(response, body);
  }

  private async exchange(
    url: URL,
    agent: http.Agent,
    signal: AbortSignal,
    form?: string,
    again = true,
  ): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      let responded = false;
      const request = this.send(
        url,
        {
          agent,
          signal,
          method: form === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${this.token}`,
            accept: 'application/json',
            'cache-control': 'no-cache',
            ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          },
        },
        response => {
          responded = true;
          resolve(response);
        },
      );
      request.on('error', error => {
        // The service may have closed an idle connection. A repetition is safe, because the requests change nothing.
        // After the response has begun, the error belongs to its body. A repetition would then occupy a connection.
        if (again && !responded && request.reusedSocket && !signal.aborted) {
          this.exchange(url, agent, signal, form, false).then(resolve, reject);
        } else {
          reject(error);
        }
      });
      request.end(form);
    });
  }
}

type Json = { readonly [name: string]: unknown };

/** Reads a body. Returns undefined, and closes the connection, if the body is too long. */
async function bodyOf(response: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > MAX_BYTES) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'the connection failed';
}

function check(condition: boolean, problem: string): asserts condition {
  if (!condition) {
    throw new Error(problem);
  }
}

function readJson(response: http.IncomingMessage, body: string): Json {
  check(/^application\/json\b/i.test(response.headers['content-type'] ?? ''), 'the response is not JSON');
  try {
    return asObject(JSON.parse(body));
  } catch {
    throw new Error('the response is not a JSON object'); // the message of the parser contains a part of the response
  }
}

function asObject(value: unknown): Json {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), 'not an object');
  return value as Json;
}

function text(json: Json, name: string): string {
  const value = json[name];
  check(typeof value === 'string', `${name} is not a text`);
  return value;
}

function optionalText(json: Json, name: string): string | undefined {
  return json[name] === undefined ? undefined : text(json, name);
}

function count(json: Json, name: string): number {
  const value = json[name];
  check(Number.isSafeInteger(value) && (value as number) >= 0, `${name} is not a whole number`);
  return value as number;
}

function time(json: Json, name: string): number {
  const millis = Date.parse(text(json, name));
  check(Number.isFinite(millis), `${name} is not a time`);
  return millis;
}

function flag(json: Json, name: string): boolean {
  const value = json[name];
  check(typeof value === 'boolean', `${name} is not true or false`);
  return value;
}

function readFacts(response: Json): TokenFacts | undefined {
  if (!flag(response, 'active')) {
    return undefined;
  }
  const subject = text(response, 'sub');
  // A personal token would skip the permissions of its user. A limit on requests cannot be enforced here.
  if (!subject.startsWith(SERVICE_TOKEN) || response.requests_per_minute !== undefined) {
    return undefined;
  }
  return {
    subject,
    scopes: new Set(text(response, 'scope').split(' ')),
    expiresAt: time(response, 'expires_at'),
  };
}

function readPage(response: Json): ChangePage {
  const changes = response.entries;
  check(Array.isArray(changes), 'entries is not a list');
  const leaseMillis = count(response, 'leaseMillis');
  check(leaseMillis <= MAX_LEASE_MILLIS, 'leaseMillis is too long');
  return {
    position: optionalText(response, 'position'),
    lastNumber: count(response, 'lastNumber'),
    nonceAtPosition: optionalText(response, 'nonceAtPosition'),
    changes: changes.map(asObject).map(change => ({
      number: count(change, 'number'),
      nonce: text(change, 'nonce'),
      digest: text(change, 'digest'),
      kind: text(change, 'kind'),
    })),
    complete: flag(response, 'complete'),
    server: text(response, 'server'),
    leaseMillis,
    serviceTime: leaseMillis === 0 ? 0 : time(response, 'databaseTime'),
  };
}
