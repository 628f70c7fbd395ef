import assert from 'node:assert/strict';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { TokenService } from './service';

const OWN = 'the own token';
const TOKEN = 'the presented token';
const ACTIVE = {
  active: true,
  sub: 'service-token:group:default/platform:reader',
  scope: 'catalog:read techdocs:read',
  expires_at: '2026-12-24T14:48:26.250Z',
};

let respond: (request: http.IncomingMessage, response: http.ServerResponse) => void;
const server = http.createServer((request, response) => respond(request, response));
let service: TokenService;

before(async () => {
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  service = new TokenService(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/tokens/`), OWN);
});

after(() => {
  service.close();
  server.close();
});

function json(body: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}) {
  respond = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

async function assertUnusable(expected: RegExp) {
  await assert.rejects(service.introspect(TOKEN), (error: Error) => {
    assert.match(error.message, expected);
    assert.ok(!error.message.includes(OWN) && !error.message.includes(TOKEN), error.message);
    return true;
  });
}

test('an active token has its subject, scopes and expiry', async () => {
  let seen: unknown[] = [];
  respond = async (request, response) => {
    const chunks = await request.toArray();
    seen = [request.url, request.headers.authorization, Buffer.concat(chunks).toString()];
    response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(ACTIVE));
  };
  const facts = await service.introspect(TOKEN, { text: 'p1', number: 1, server: 'db1' });
  assert.deepEqual(seen, [
    '/tokens/api/access-tokens/introspect',
    `Bearer ${OWN}`,
    'token=the+presented+token&position=p1',
  ]);
  assert.deepEqual(facts, {
    subject: ACTIVE.sub,
    scopes: new Set(['catalog:read', 'techdocs:read']),
    expiresAt: Date.UTC(2026, 11, 24, 14, 48, 26, 250),
  });
});

for (const [name, response] of Object.entries({
  'that is not active': { active: false },
  'of a user': { ...ACTIVE, sub: 'user:default/dave' },
  'with a limit on its requests': { ...ACTIVE, requests_per_minute: 60 },
})) {
  test(`a token ${name} is refused`, async () => {
    json(response);
    assert.equal(await service.introspect(TOKEN), undefined);
  });
}

test('a token with as many scopes as a request can set is accepted', async () => {
  const scopes = Array.from({ length: 400 }, (_, i) => `scope-${i}:`.padEnd(252, 'x'));
  json({ ...ACTIVE, scope: scopes.join(' ') });
  assert.deepEqual((await service.introspect(TOKEN))?.scopes, new Set(scopes));
});

test('a response in another form is an error', async () => {
  json(ACTIVE, 201);
  await assertUnusable(/responded with 201/);
  json('', 302, { location: '/elsewhere' });
  await assertUnusable(/responded with 302/);
  json(ACTIVE, 200, { 'content-type': 'text/html' });
  await assertUnusable(/not JSON/);
  json(`{"active": true, "${TOKEN}`);
  await assertUnusable(/not a JSON object/);
  json('[]');
  await assertUnusable(/not a JSON object/);
  json({ ...ACTIVE, active: 'true' });
  await assertUnusable(/active/);
  json({ ...ACTIVE, sub: undefined });
  await assertUnusable(/sub/);
  json({ ...ACTIVE, expires_at: 'never' });
  await assertUnusable(/expires_at/);
  json({ ...ACTIVE, more: 'x'.repeat(140_000) });
  await assertUnusable(/too long/);
  respond = request => request.socket.destroy();
  await assertUnusable(/ECONNRESET/);
});

const PAGE = { lastNumber: 0, entries: [], complete: true, server: 'none', leaseMillis: 0 };

function respondWithPage(request: http.IncomingMessage, response: http.ServerResponse) {
  const nonce = new URL(`http://localhost${request.url}`).searchParams.get('nonce');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...PAGE, nonce }));
}

test('a page of the feed with the nonce of another request is an error', async () => {
  respond = respondWithPage;
  assert.equal((await service.changes()).leaseMillis, 0);
  json({ ...PAGE, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' });
  await assert.rejects(service.changes(), /a proxy has cached the response/);
});

test('a request is not repeated after its response has begun', async () => {
  let requests = 0;
  respond = (request, response) => {
    requests++;
    if (requests === 2) {
      request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\nno length of a chunk');
    } else {
      respondWithPage(request, response);
    }
  };
  await service.changes(); // opens the connection on which the next request could be repeated
  await assert.rejects(service.changes(), /no response/);
  await service.changes();
  assert.equal(requests, 3);
});
