import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenFormat } from './tokenFormat';

const TOKEN = `bsat_${'0'.repeat(37)}22tlr4`;
const WITHOUT_CHECKSUM = `bsat_${'-_'.repeat(21)}a`;

test('only service tokens with their checksum match', () => {
  const format = new TokenFormat('bsat_', false);
  assert.ok(format.matches(TOKEN));
  for (const text of ['', 'bsat_', `${TOKEN}0`, ` ${TOKEN}`, `${TOKEN}\n`, TOKEN.replace('4', '5'), WITHOUT_CHECKSUM]) {
    assert.ok(!format.matches(text), text);
  }
  assert.ok(!format.matches(TOKEN.replace('bsat_', 'bpat_')), 'a personal token');
});

test('tokens of the former plugin match if this is permitted', () => {
  const format = new TokenFormat('bsat_', true);
  assert.ok(format.matches(WITHOUT_CHECKSUM));
  assert.ok(format.matches(TOKEN));
  assert.ok(!format.matches(`${WITHOUT_CHECKSUM}a`));
});
