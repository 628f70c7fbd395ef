import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ChangePage, Position, TokenFacts, TokenService } from './service';
import { Verifier } from './verifier';

const TOKEN = 'a token';
const DIGEST = createHash('sha256').update(TOKEN).digest('hex');
const EPOCH = Date.UTC(2026, 0, 1);
const FACTS: TokenFacts = {
  subject: 'service-token:group:default/platform:reader',
  scopes: new Set(['catalog:read']),
  expiresAt: EPOCH + 3_600_000,
};
const FIRST_PAGE: ChangePage = {
  position: 'p1',
  lastNumber: 1,
  changes: [{ number: 1, nonce: 'n1', digest: 'another', kind: 'changed' }],
  complete: true,
  server: 'db1',
  leaseMillis: 500,
  serviceTime: EPOCH,
};
const NEXT_PAGE: ChangePage = { ...FIRST_PAGE, nonceAtPosition: 'n1', changes: [] };
const REVOCATION: ChangePage = {
  ...NEXT_PAGE,
  position: 'p2',
  lastNumber: 2,
  changes: [{ number: 2, nonce: 'n2', digest: DIGEST, kind: 'revoked' }],
};

/** A service whose responses a test sets. */
class ScriptedService {
  facts: TokenFacts | undefined = FACTS;
  page: ChangePage | Error = FIRST_PAGE;
  introspections: (string | undefined)[] = [];
  reads: (string | undefined)[] = [];
  delay: Promise<void> = Promise.resolve();

  async introspect(_token: string, position?: Position) {
    this.introspections.push(position?.text);
    const { facts } = this;
    await this.delay;
    return facts;
  }

  async changes(after?: Position) {
    this.reads.push(after?.text);
    if (this.page instanceof Error) {
      throw this.page;
    }
    return this.page;
  }

  close() {}
}

function setUp(t: TestContext) {
  const service = new ScriptedService();
  const now = { monotonic: 1_000, wall: EPOCH };
  const warnings: string[] = [];
  const logger = { warn: (line: string) => warnings.push(line), info() {} } as unknown as LoggerService;
  const verifier = new Verifier(service as unknown as TokenService, logger, () => ({ ...now }));
  const pass = (millis: number) => {
    now.monotonic += millis;
    now.wall += millis;
  };
  t.after(() => verifier.close());
  return { service, now, pass, verifier, warnings };
}

test('a result is cached until the end of its lifetime', async t => {
  const { service, verifier, pass } = setUp(t);
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.deepEqual(service.introspections, ['p1']);
  service.page = NEXT_PAGE;
  pass(60_000);
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.deepEqual(service.introspections, ['p1', 'p1']);
});

test('a token that is not active is cached for a shorter time', async t => {
  const { service, verifier, pass } = setUp(t);
  service.facts = undefined;
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), undefined);
  assert.equal(await verifier.verify(TOKEN), undefined);
  assert.equal(service.introspections.length, 1);
  service.page = NEXT_PAGE;
  pass(5_000);
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), undefined);
  assert.equal(service.introspections.length, 2);
});

test('a token that is no longer active is cached as one that never was', async t => {
  const { service, verifier, pass } = setUp(t);
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), FACTS);
  service.facts = undefined;
  service.page = NEXT_PAGE;
  pass(60_000);
  await verifier.poll();
  service.introspections.length = 0;
  for (let i = 0; i < 50; i++) {
    assert.equal(await verifier.verify(TOKEN), undefined);
  }
  assert.equal(service.introspections.length, 1);
  pass(5_000);
  await verifier.poll();
  service.facts = FACTS;
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.equal(service.introspections.length, 2);
});

test('a revocation removes the cached result', async t => {
  const { service, verifier } = setUp(t);
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), FACTS);
  service.facts = undefined;
  service.page = REVOCATION;
  assert.equal(await verifier.poll(), 'granted');
  assert.equal(await verifier.verify(TOKEN), undefined);
  assert.deepEqual(service.introspections, ['p1', 'p2']);
});

test('a load that began before a revocation reaches no later request', async t => {
  const { service, verifier } = setUp(t);
  await verifier.poll();
  let respond!: () => void;
  service.delay = new Promise(resolve => {
    respond = resolve;
  });
  const before = verifier.verify(TOKEN);
  service.facts = undefined;
  service.page = REVOCATION;
  await verifier.poll();
  const after = verifier.verify(TOKEN);
  respond();
  assert.equal(await before, FACTS);
  assert.equal(await after, undefined);
  assert.equal(await verifier.verify(TOKEN), undefined);
});

for (const [name, change] of Object.entries({
  'a missing change': { lastNumber: 3, changes: [{ number: 3, nonce: 'n3', digest: 'another', kind: 'changed' }] },
  'a change that was replaced': { nonceAtPosition: 'n9' },
  'another server': { server: 'db2' },
  'an unknown kind of change': { lastNumber: 2, changes: [{ number: 2, nonce: 'n2', digest: 'another', kind: 'new' }] },
  'a missing position': { position: undefined },
})) {
  test(`${name} ends the lease and clears the cache`, async t => {
    const { service, verifier } = setUp(t);
    await verifier.poll();
    assert.equal(await verifier.verify(TOKEN), FACTS);
    service.facts = undefined;
    service.page = { ...NEXT_PAGE, ...change };
    assert.equal(await verifier.poll(), 'more');
    service.page = FIRST_PAGE;
    const waiting = verifier.verify(TOKEN);
    assert.equal(service.introspections.length, 1, 'used without a lease');
    verifier.start();
    assert.equal(await waiting, undefined);
    assert.deepEqual(service.reads.slice(0, 3), [undefined, 'p1', undefined]);
  });
}

test('an incomplete page grants no lease', async t => {
  const { service, verifier, pass } = setUp(t);
  await verifier.poll();
  pass(400);
  service.page = { ...REVOCATION, lastNumber: 3, complete: false, leaseMillis: 0 };
  assert.equal(await verifier.poll(), 'more');
  pass(200);
  service.page = new Error('no response');
  verifier.start();
  await assert.rejects(verifier.verify(TOKEN), { name: 'ServiceUnavailableError' });
});

for (const [name, change] of Object.entries({
  'the lease has passed': { monotonic: 500, wall: 500 },
  'the lease has passed on the wall clock only': { monotonic: 0, wall: 500 },
  'the wall clock was set back': { monotonic: 100, wall: -1_000 },
})) {
  test(`a cached result is not used when ${name}`, async t => {
    const { service, verifier, now } = setUp(t);
    await verifier.poll();
    assert.equal(await verifier.verify(TOKEN), FACTS);
    now.monotonic += change.monotonic;
    now.wall += change.wall;
    service.page = new Error('no response');
    verifier.start();
    await assert.rejects(verifier.verify(TOKEN), { name: 'ServiceUnavailableError' });
  });
}

test('the lease begins before the request to the feed', async t => {
  const { service, verifier, pass } = setUp(t);
  service.changes = async () => {
    pass(500);
    return FIRST_PAGE;
  };
  await verifier.poll();
  service.changes = async () => {
    throw new Error('no response');
  };
  verifier.start();
  await assert.rejects(verifier.verify(TOKEN), { name: 'ServiceUnavailableError' });
});

test('without a feed, each token is introspected at each use', async t => {
  const { service, verifier } = setUp(t);
  service.page = { ...FIRST_PAGE, position: undefined, leaseMillis: 0, changes: [] };
  assert.equal(await verifier.poll(), 'withheld');
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.equal(await verifier.verify(TOKEN), FACTS);
  assert.deepEqual(service.introspections, [undefined, undefined]);
});

test('a token expires by the clock of the service', async t => {
  const { service, verifier, now } = setUp(t);
  now.wall -= 7_200_000;
  service.facts = { ...FACTS, expiresAt: EPOCH + 100 };
  await verifier.poll();
  assert.equal(await verifier.verify(TOKEN), service.facts);
  now.monotonic += 100;
  now.wall += 100;
  assert.equal(await verifier.verify(TOKEN), undefined);
});

test('a failed introspection is no result', async t => {
  const { service, verifier } = setUp(t);
  await verifier.poll();
  service.introspect = async () => {
    throw new Error('no response');
  };
  await assert.rejects(verifier.verify(TOKEN), { name: 'ServiceUnavailableError' });
  service.introspect = async () => FACTS;
  assert.equal(await verifier.verify(TOKEN), FACTS);
});

for (const [name, page] of Object.entries({
  'with a readable feed': { ...FIRST_PAGE, leaseMillis: 60_000 },
  'without a feed': { ...FIRST_PAGE, position: undefined, leaseMillis: 0, changes: [] },
})) {
  test(`failed introspections ${name} are logged once per second, with their number`, async t => {
    const { service, verifier, pass, warnings } = setUp(t);
    service.page = page;
    await verifier.poll();
    service.introspect = async () => {
      throw new Error('status 429');
    };
    for (let i = 0; i < 50; i++) {
      await assert.rejects(verifier.verify(`token ${i}`), { name: 'ServiceUnavailableError' });
      pass(i === 48 ? 1_000 : 0);
    }
    const line = 'a token cannot be introspected: status 429';
    assert.deepEqual(warnings, [line, `${line} (and 48 more before)`]);
  });
}
