package io.accesstokens.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A scope of a service token, with the times at which verifiers needed it. A verifier needs a scope
 * if it requires the scope for a request, and the request is accepted. The times come only from
 * verifiers that name their required scopes to this service.
 *
 * @param scope the id of the scope
 * @param firstNeededAt the first recorded time at which a verifier needed this scope; null if there
 *     is none
 * @param lastNeededAt the last recorded time, not before {@code firstNeededAt}; null if and only if
 *     {@code firstNeededAt} is null
 */
public record NeededScope(
    String scope, @Nullable Instant firstNeededAt, @Nullable Instant lastNeededAt) {

  /** Returns a scope that verifiers needed at this instant only. */
  public static NeededScope at(String scope, Instant instant) {
    return new NeededScope(scope, instant, instant);
  }

  /**
   * Returns the combination of this object and {@code other}, which must have the same scope. The
   * result has the earlier {@code firstNeededAt}, and the {@code lastNeededAt} that {@link
   * UsageCount#isLast} selects.
   *
   * @param other the needs that were recorded after those of this object
   */
  public NeededScope plus(NeededScope other) {
    if (firstNeededAt == null || lastNeededAt == null) {
      return other;
    }
    if (other.firstNeededAt == null || other.lastNeededAt == null) {
      return this;
    }
    return new NeededScope(
        scope,
        other.firstNeededAt.isBefore(firstNeededAt) ? other.firstNeededAt : firstNeededAt,
        UsageCount.isLast(other.lastNeededAt, lastNeededAt) ? other.lastNeededAt : lastNeededAt);
  }
}
