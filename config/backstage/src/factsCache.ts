import type { TokenFacts } from './service';

/** Maximum weight of all entries together. */
const MAX_WEIGHT = 10_000;
/** An entry with few scopes has the weight 1, and needs about 1 KB of memory. */
const BYTES_PER_WEIGHT = 1_024;
/** Estimated memory of one scope in a set, without its characters. */
const BYTES_PER_SCOPE = 64;

export interface CachedFacts {
  /** Undefined for a token that is not active. */
  readonly facts: TokenFacts | undefined;
  /** In milliseconds of the monotonic clock. */
  readonly until: number;
}

/** A cache of facts by the digest of the token, with bounded memory. It evicts the oldest entries first. */
export class FactsCache {
  private readonly entries = new Map<string, CachedFacts>();
  private weight = 0;

  get(digest: string): CachedFacts | undefined {
    return this.entries.get(digest);
  }

  put(digest: string, entry: CachedFacts) {
    this.delete(digest);
    this.entries.set(digest, entry);
    this.weight += weightOf(entry);
    for (const oldest of this.entries.keys()) {
      if (this.weight <= MAX_WEIGHT) {
        break;
      }
      this.delete(oldest);
    }
  }

  delete(digest: string) {
    const entry = this.entries.get(digest);
    if (entry) {
      this.entries.delete(digest);
      this.weight -= weightOf(entry);
    }
  }

  clear() {
    this.entries.clear();
    this.weight = 0;
  }
}

function weightOf({ facts }: CachedFacts): number {
  let bytes = 0;
  for (const scope of facts?.scopes ?? []) {
    bytes += BYTES_PER_SCOPE + scope.length;
  }
  return 1 + Math.floor(bytes / BYTES_PER_WEIGHT);
}
