import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigReader } from '@backstage/config';
import { readAllowedPlugins } from './entries';

const OPTIONS = { url: 'https://tokens.example.com', token: 'the own token'.replaceAll(' ', '-'), scope: 'catalog:read' };
const ENTRY = { type: 'access-tokens', options: OPTIONS, accessRestrictions: [{ plugin: 'catalog' }] };

function read(...externalAccess: object[]) {
  return readAllowedPlugins(new ConfigReader({ backend: { auth: { externalAccess } } }));
}

test('the allowed plugins of each entry are read', () => {
  const other = { ...ENTRY, options: { ...OPTIONS, scope: 'techdocs:read' }, accessRestrictions: [{ plugin: 'techdocs' }] };
  const allowed = read(ENTRY, { type: 'static', options: {} }, other);
  assert.deepEqual([...allowed.values()], [new Set(['catalog']), new Set(['techdocs'])]);
});

test('an entry without access restrictions is refused', () => {
  assert.throws(() => read({ ...ENTRY, accessRestrictions: undefined }), /externalAccess\[0\] needs accessRestrictions/);
  assert.throws(() => read({ ...ENTRY, accessRestrictions: [] }), /externalAccess\[0\] needs accessRestrictions/);
});

test('two entries with the same service and scope are refused', () => {
  assert.throws(() => read(ENTRY, ENTRY), /externalAccess\[1\] has the url and scope of another entry/);
});

for (const [name, options] of Object.entries({
  url: { url: 'the secret' },
  'url ': { url: 'http://tokens.example.com' },
  ' url': { url: 'https://user:secret@tokens.example.com' },
  token: { token: 'the secret' },
  scope: { scope: 'catalog:read secret' },
  tokenPrefix: { tokenPrefix: 'secret' },
})) {
  test(`a wrong ${name} is named, but not shown`, () => {
    assert.throws(
      () => read({ ...ENTRY, options: { ...OPTIONS, ...options } }),
      (error: Error) => error.message.includes(`option ${name.trim()} `) && !error.message.includes('secret'),
    );
  });
}

test('plain HTTP is for loopback addresses, unless it is permitted', () => {
  read({ ...ENTRY, options: { ...OPTIONS, url: 'http://127.0.0.1:8080' } });
  read({ ...ENTRY, options: { ...OPTIONS, url: 'http://tokens.example.com', allowPlainHttp: true } });
});
