import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, PluginAccess } from './access';

const SUBJECT = 'service-token:group:default/platform:reader';

function entry(url: string, prefix: string, scope: string): Entry {
  return {
    url,
    scope,
    plugins: new Set(['catalog']),
    format: { matches: text => text.startsWith(prefix) },
    verifier: {
      // The text of a token names its service and its scope.
      verify: async text =>
        text.includes(url)
          ? { subject: SUBJECT, scopes: new Set([text.split(' ').at(-1)!]), expiresAt: Infinity }
          : undefined,
    },
  };
}

/** Calls the entries as Backstage does: in their order, until one returns a result or throws. */
async function verify(token: string, entries: Entry[], plugin = 'catalog') {
  const access = new PluginAccess(plugin);
  entries.forEach(each => access.add(each));
  for (const each of entries) {
    const result = await access.verify(token, each);
    if (result) {
      return result.subject;
    }
  }
  return undefined;
}

for (const [name, entries] of Object.entries({
  'of one service': [entry('https://a', 'bsat_', 'read'), entry('https://a', 'bsat_', 'write')],
  'of two services': [entry('https://a', 'bsat_', 'read'), entry('https://b', 'bsat_', 'read')],
  'with two prefixes': [entry('https://a', 'bsat_', 'read'), entry('https://a', 'other_', 'read')],
})) {
  test(`entries ${name} refuse an active token without their scope as not allowed`, async () => {
    for (const order of [entries, [...entries].reverse()]) {
      await assert.rejects(verify('bsat_ https://a delete', order), { name: 'NotAllowedError' });
      await assert.rejects(verify('bsat_ https://a read', order, 'techdocs'), { name: 'NotAllowedError' });
      assert.equal(await verify('bsat_ https://a read', order), SUBJECT);
      assert.equal(await verify('bsat_ https://c read', order), undefined);
      assert.equal(await verify('bpat_ https://a read', order), undefined);
    }
  });
}
