package io.accesstokens.token;

import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers last uses in memory and writes them in batches, off the request's path. {@link
 * BackgroundWork} does the writing.
 *
 * <p>A crash loses at most what came since the last {@link #flush()}, and nothing else. While the
 * store is out of reach the uses are kept; there is one entry a token, so memory is bounded by the
 * number of tokens in use.
 */
public final class LastUse implements VerificationListener {

  private static final Logger LOG = System.getLogger(LastUse.class.getName());

  private final TokenStore store;
  private final Clock clock;
  private final ConcurrentHashMap<UUID, Instant> pending = new ConcurrentHashMap<>();

  public LastUse(TokenStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    of(accepted.tokenId());
  }

  /** A token that was refused was not used. */
  @Override
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {}

  /** Notes that a token was accepted just now. Does no I/O. */
  public void of(UUID tokenId) {
    pending.put(tokenId, clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  /** Writes what was gathered since the last call. An outage is logged, and made up for later. */
  public void flush() {
    Map<UUID, Instant> batch = new HashMap<>(pending);
    if (batch.isEmpty()) {
      return;
    }
    try {
      store.recordUses(batch);
    } catch (VerificationUnavailable e) {
      LOG.log(Level.WARNING, "last uses of {0} tokens not written yet", batch.size());
      return;
    }
    // A use that came in between has another instant, and stays for the next batch.
    batch.forEach(pending::remove);
  }
}
