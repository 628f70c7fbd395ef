package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * How many service tokens there are, at one moment.
 *
 * @param groups of each group that has any
 * @param expiring how many of the tokens whose status is {@link TokenStatus#EXPIRING} end on each
 *     day (UTC) on which any does
 */
public record TokenCounts(List<OfGroup> groups, Map<LocalDate, Long> expiring) {

  public TokenCounts {
    groups = List.copyOf(groups);
    expiring = Map.copyOf(expiring);
  }

  /**
   * Tokens of one group, or of several.
   *
   * @param active how many have this status; likewise {@code expiring}, {@code expired} and {@code
   *     revoked}, which together are all
   * @param neverUsed how many live tokens never were used
   * @param unused how many live tokens were used, but not of late
   */
  public record Counts(
      long active, long expiring, long expired, long revoked, long neverUsed, long unused) {

    /** None. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /** All tokens, whatever their status. */
    public long tokens() {
      return active + expiring + expired + revoked;
    }

    /** Both together. */
    public Counts plus(Counts other) {
      return new Counts(
          active + other.active,
          expiring + other.expiring,
          expired + other.expired,
          revoked + other.revoked,
          neverUsed + other.neverUsed,
          unused + other.unused);
    }
  }

  /** The tokens of one group. */
  public record OfGroup(EntityRef group, Counts counts) {}
}
