package io.accesstokens.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A minimal implementation of the protocol, in which a rule can be omitted. */
final class SketchedNode implements SimulatedNode {

  /** A cache entry, to which a load writes its verdict. */
  private static final class CacheEntry {
    private @Nullable Boolean accepted;
  }

  private final Interleaving steps;
  private final SimulatedStore store;
  private final Set<ProtocolRule> rules;
  private final long lease;
  private final @Nullable SketchedNode relay;
  private final Map<TokenDigest, CacheEntry> cache = new HashMap<>();
  private ChangeFeed.@Nullable Position position;
  private ChangeFeed.@Nullable Page page;
  private long published = -1_000;
  private long begun;
  private long applied;

  /**
   * @param lease the lease in milliseconds; 0 if it never ends
   * @param relay the node whose memory serves as the feed; null for the store
   */
  SketchedNode(
      Interleaving steps,
      SimulatedStore store,
      Set<ProtocolRule> rules,
      long lease,
      @Nullable SketchedNode relay) {
    this.steps = steps;
    this.store = store;
    this.rules = rules;
    this.lease = lease;
    this.relay = relay;
  }

  private boolean covered() {
    return lease == 0 || steps.now() < published + lease;
  }

  @Override
  public boolean accepts(RawToken token) {
    TokenDigest digest = token.digest();
    steps.step();
    if (!rules.contains(ProtocolRule.CHECK_THE_LEASE)) {
      return use(digest);
    }
    if (!rules.contains(ProtocolRule.LEASE_BEFORE_VERDICT)) {
      CacheEntry cached = cache.get(digest);
      steps.step();
      if (covered() && cached != null && cached.accepted != null) {
        return cached.accepted;
      }
    }
    if (!covered()) {
      long since = begun;
      steps.await(() -> applied > since);
    }
    steps.step();
    return use(digest);
  }

  private boolean use(TokenDigest digest) {
    CacheEntry cached = cache.get(digest);
    if (cached == null) {
      return load(digest);
    }
    steps.await(() -> cached.accepted != null);
    return Boolean.TRUE.equals(cached.accepted);
  }

  private boolean load(TokenDigest digest) {
    CacheEntry mine = new CacheEntry();
    boolean reserves = rules.contains(ProtocolRule.RESERVE_AN_ENTRY_FOR_A_LOAD);
    if (reserves) {
      cache.put(digest, mine);
    }
    steps.step();
    boolean accepted = !store.isRevoked(digest);
    steps.step();
    mine.accepted = accepted;
    if (!reserves) {
      cache.put(digest, mine);
    }
    return accepted;
  }

  @Override
  public void poll() {
    while (!pollOnce()) {
      // Poll again at once.
    }
  }

  private boolean pollOnce() {
    long number = ++begun;
    long noted = steps.now();
    steps.step();
    ChangeFeed.Page read = relay == null ? store.page(position) : relay.page;
    steps.step();
    if (read == null) {
      return true; // the relay has read no page yet
    }
    if (!rules.contains(ProtocolRule.COUNT_FROM_BEFORE_THE_POLL)) {
      noted = steps.now();
    }
    boolean renews = read.complete() || !rules.contains(ProtocolRule.CUT_PAGES_RENEW_NOTHING);
    if (renews && !rules.contains(ProtocolRule.EVICT_BEFORE_RENEWING)) {
      published = noted;
      steps.step();
    }
    if (position == null) {
      cache.clear();
    }
    position =
        new ChangeFeed.Position(
            position == null ? read.lastNumber() : position.number(),
            Optional.empty(),
            read.server());
    for (ChangeFeed.Entry entry : read.entries()) {
      cache.remove(entry.digest());
      steps.step();
      position = new ChangeFeed.Position(entry.number(), Optional.of(entry.nonce()), read.server());
    }
    page = read;
    if (renews) {
      steps.step();
      published = noted;
      applied = number;
    }
    return read.complete();
  }

  @Override
  public void evict(TokenDigest digest) {
    cache.remove(digest);
  }
}
