import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { type CachedFacts, FactsCache } from './factsCache';
import { type Clock, Lease, systemClock } from './lease';
import { LogLimit } from './logLimit';
import type { ChangePage, Position, TokenFacts, TokenService } from './service';

const PAUSE_WITHOUT_LEASE_MILLIS = 1_000;
const PAUSE_AFTER_FAILURE_MILLIS = 50;
const WAIT_MILLIS = 3_000;
/** Maximum number of introspections that run or wait for a connection. */
const MAX_INTROSPECTIONS = 1_000;
const KNOWN_TTL_MILLIS = 60_000;
const UNKNOWN_TTL_MILLIS = 5_000;
const KNOWN_KINDS = ['revoked', 'changed'];

/** The outcome of one read of the change feed. */
type Outcome =
  /** The cache may be used for the time of a lease. */
  | 'granted'
  /** The next page must be read at once. */
  | 'more'
  /** The service grants no lease: each token must be introspected at each use. */
  | 'withheld'
  | 'failed';

/**
 * Verifies raw service tokens by introspection, and caches the results while a lease of the service's change feed is
 * valid. As in the service, a revoked token is refused in each request that begins after the response to the
 * revocation. If the service does not respond, no token is accepted.
 *
 * This class follows these rules. `src/docs/rest-reference.md#changes` of the service describes the protocol.
 *
 * 1. A lease starts before the request to the feed, and is granted after all changes are applied.
 * 2. A verification first checks the lease and then reads the cache, without an `await` between the two.
 * 3. A load enters `loads` before it sends the introspection. The introspection contains the position up to which
 *    changes are applied. A change removes the load, so a late result reaches neither the cache nor a later request.
 * 4. Without a lease, a request waits for a poll of the feed that begins after it.
 * 5. If a page does not continue at the last position, the cache and all loads are cleared, and the lease ends.
 */
export class Verifier {
  private readonly lease: Lease;
  private readonly failureLog: LogLimit;
  private readonly known = new FactsCache();
  /** Unknown tokens are apart, so that many of them never evict known tokens. */
  private readonly unknown = new FactsCache();
  private readonly loads = new Map<string, Promise<TokenFacts | undefined>>();
  private position?: Position;
  private withheld = false;
  private nextRead = newSignal<Outcome>();
  private wake = newSignal<void>();
  private pauseMillis = PAUSE_WITHOUT_LEASE_MILLIS;
  private introspections = 0;
  private state?: string;
  private closed = false;

  constructor(
    private readonly service: TokenService,
    private readonly logger: LoggerService,
    private readonly clock: Clock = systemClock,
  ) {
    this.lease = new Lease(clock);
    this.failureLog = new LogLimit(clock);
  }

  /** Starts to follow the changes, and returns this verifier. */
  start(): this {
    void this.follow();
    return this;
  }

  close() {
    this.closed = true;
    this.wake.resolve();
    this.service.close();
  }

  /**
   * Verifies a token.
   *
   * @returns the facts; undefined if the token is not active
   * @throws ServiceUnavailableError if the token cannot be verified now
   */
  async verify(token: string): Promise<TokenFacts | undefined> {
    if (!this.withheld && !this.lease.isValid()) {
      const outcome = await this.readAfterNow();
      if (outcome !== 'granted' && outcome !== 'withheld') {
        throw unavailable();
      }
    }
    if (this.withheld) {
      return this.introspect(token);
    }
    const digest = createHash('sha256').update(token).digest('hex');
    const cached = this.cached(digest);
    const facts = cached ? cached.facts : await this.load(token, digest);
    return facts && this.lease.serviceTime() < facts.expiresAt ? facts : undefined;
  }

  private cached(digest: string): CachedFacts | undefined {
    const cached = this.known.get(digest) ?? this.unknown.get(digest);
    return cached && this.clock().monotonic < cached.until ? cached : undefined;
  }

  private async load(token: string, digest: string): Promise<TokenFacts | undefined> {
    const running = this.loads.get(digest);
    if (running) {
      return running;
    }
    const begun = this.clock().monotonic;
    const load = this.introspect(token, this.position);
    this.loads.set(digest, load);
    try {
      const facts = await load;
      if (this.loads.get(digest) === load) {
        this.evict(digest); // a result in the other cache would hide this one
        const [cache, ttl] = facts ? [this.known, KNOWN_TTL_MILLIS] : [this.unknown, UNKNOWN_TTL_MILLIS];
        cache.put(digest, { facts, until: begun + ttl });
      }
      return facts;
    } finally {
      if (this.loads.get(digest) === load) {
        this.loads.delete(digest);
      }
    }
  }

  private async introspect(token: string, position?: Position): Promise<TokenFacts | undefined> {
    if (this.introspections >= MAX_INTROSPECTIONS) {
      throw unavailable();
    }
    this.introspections++;
    try {
      return await this.service.introspect(token, position);
    } catch (error) {
      this.failureLog.log(line => this.logger.warn(line), `a token cannot be introspected: ${messageOf(error)}`);
      throw unavailable();
    } finally {
      this.introspections--;
    }
  }

  /** Waits for a poll of the feed that begins after this call. All callers share one poll. */
  private async readAfterNow(): Promise<Outcome> {
    const { promise } = this.nextRead;
    this.wake.resolve();
    return Promise.race([promise, sleep(WAIT_MILLIS, 'failed' as const, { ref: false })]);
  }

  private async follow() {
    let failed = false;
    while (!this.closed) {
      const read = this.nextRead;
      this.nextRead = newSignal();
      this.wake = newSignal();
      const outcome = await this.poll();
      if (outcome === 'more') {
        void this.nextRead.promise.then(read.resolve);
        continue;
      }
      read.resolve(outcome);
      const firstFailure = outcome === 'failed' && !failed;
      failed = outcome === 'failed';
      if (failed) {
        await sleep(PAUSE_AFTER_FAILURE_MILLIS);
      }
      if (!firstFailure) {
        await Promise.race([this.wake.promise, sleep(this.pauseMillis)]);
      }
    }
  }

  /** Reads the feed once, applies the changes, and grants the lease if no change can be missing. */
  async poll(): Promise<Outcome> {
    const begun = this.clock();
    let page: ChangePage;
    try {
      page = await this.service.changes(this.position);
    } catch (error) {
      this.report(`changes cannot be read: ${messageOf(error)}`, 'warn');
      return 'failed';
    }
    const before = this.position;
    this.position = positionAfter(before, page);
    if (before && this.position) {
      page.changes.forEach(change => this.evict(change.digest));
    } else {
      this.forgetAll();
    }
    this.withheld = page.complete && page.leaseMillis === 0;
    if (this.withheld) {
      this.forgetAll();
      this.pauseMillis = PAUSE_WITHOUT_LEASE_MILLIS;
      this.report('the service grants no lease, so each token is introspected at each use', 'info');
      return 'withheld';
    }
    if (!this.position || !page.complete) {
      return 'more';
    }
    this.lease.grant(begun, page.leaseMillis, page.serviceTime);
    // There is time for another poll after one that fails at once. Random, so that many verifiers do not poll together.
    this.pauseMillis = page.leaseMillis * (0.54 + Math.random() * 0.06);
    this.report('changes are read, and cached results are in use', 'info');
    return 'granted';
  }

  private evict(digest: string) {
    this.loads.delete(digest);
    this.known.delete(digest);
    this.unknown.delete(digest);
  }

  private forgetAll() {
    this.lease.end();
    this.loads.clear();
    this.known.clear();
    this.unknown.clear();
  }

  /** Logs a state when it begins. */
  private report(state: string, level: 'info' | 'warn') {
    if (state !== this.state) {
      this.state = state;
      this.logger[level](state);
    }
  }
}

/** Returns the position after a page; undefined if changes may be missing, or if this version does not know a change. */
function positionAfter(before: Position | undefined, page: ChangePage): Position | undefined {
  const { position: text, server, changes, lastNumber } = page;
  if (text === undefined) {
    return undefined;
  }
  if (!before) {
    return { text, server, number: lastNumber, nonce: changes.find(({ number }) => number === lastNumber)?.nonce };
  }
  const number = before.number + changes.length;
  const continues =
    server === before.server &&
    page.nonceAtPosition === before.nonce &&
    changes.every((change, i) => change.number === before.number + 1 + i && KNOWN_KINDS.includes(change.kind)) &&
    (page.complete ? number === lastNumber : number < lastNumber && changes.length > 0);
  return continues ? { text, server, number, nonce: changes.at(-1)?.nonce ?? before.nonce } : undefined;
}

function newSignal<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unexpected error';
}

function unavailable(): ServiceUnavailableError {
  return new ServiceUnavailableError('Access tokens cannot be verified now');
}
