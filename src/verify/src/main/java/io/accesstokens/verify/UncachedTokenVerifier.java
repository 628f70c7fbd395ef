package io.accesstokens.verify;

import java.time.InstantSource;
import java.util.Optional;

/**
 * Verifies raw tokens by reading the store each time, with bounded concurrency. While the maximum
 * number of reads runs, further tokens wait and are then read in batches. This class is
 * thread-safe.
 */
public final class UncachedTokenVerifier implements TokenVerifier {

  /**
   * Default maximum number of concurrent reads. With this number, a connection pool of usual size
   * has connections left for other work.
   */
  public static final int DEFAULT_CONCURRENT_READS = 4;

  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  private final BatchingTokenLoader loader;
  private final InstantSource clock;

  /**
   * Creates a verifier.
   *
   * @param lookup reads the store
   * @param clock determines whether a token has expired
   * @param concurrentReads the maximum number of concurrent reads, at least 1
   * @throws IllegalArgumentException if {@code concurrentReads} is less than 1
   */
  public UncachedTokenVerifier(TokenLookup lookup, InstantSource clock, int concurrentReads) {
    if (concurrentReads < 1) {
      throw new IllegalArgumentException("concurrentReads must be at least 1");
    }
    this.loader = new BatchingTokenLoader(lookup, MachineClock.SYSTEM, concurrentReads);
    this.clock = clock;
  }

  @Override
  public Verification verify(RawToken token) {
    return loader.find(token).map(facts -> facts.verdictAt(clock.instant())).orElse(UNKNOWN);
  }
}
