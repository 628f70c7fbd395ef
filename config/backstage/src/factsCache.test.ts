import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FactsCache } from './factsCache';

function entry(scopes: number) {
  const names = Array.from({ length: scopes }, (_, i) => `scope-${i}`.padEnd(192, 'x'));
  return { facts: { subject: 'service-token:x', scopes: new Set(names), expiresAt: 0 }, until: 0 };
}

function held(cache: FactsCache, tokens: number): number[] {
  return Array.from({ length: tokens }, (_, i) => i).filter(i => cache.get(`${i}`));
}

test('10,000 tokens with few scopes are held', () => {
  const cache = new FactsCache();
  for (let i = 0; i < 10_001; i++) {
    cache.put(`${i}`, entry(1));
  }
  assert.equal(held(cache, 10_001).length, 10_000);
  assert.equal(cache.get('0'), undefined);
});

test('tokens with many scopes evict more tokens, the oldest first', () => {
  const cache = new FactsCache();
  for (let i = 0; i < 300; i++) {
    cache.put(`${i}`, entry(400)); // 100 KB
  }
  assert.deepEqual(held(cache, 300).slice(0, 2), [201, 202]);
  cache.put('299', entry(400)); // replaces the entry
  assert.equal(held(cache, 300).length, 99);
  cache.delete('250');
  cache.put('300', entry(400));
  assert.equal(held(cache, 301).length, 99);
  cache.clear();
  cache.put('1', entry(8));
  assert.deepEqual(held(cache, 301), [1]);
});
