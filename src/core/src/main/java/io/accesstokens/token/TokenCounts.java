package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of service tokens at one instant.
 *
 * @param groups the counts for each group that has tokens
 * @param expiring for each UTC day, the number of tokens with the status {@link
 *     TokenStatus#EXPIRING} that expire on this day; days without such tokens are absent
 */
public record TokenCounts(List<GroupCounts> groups, Map<LocalDate, Long> expiring) {

  public TokenCounts {
    groups = List.copyOf(groups);
    expiring = Map.copyOf(expiring);
  }

  /**
   * Combines the counts of several sets of groups. Each group must be in only one of {@code parts}.
   */
  public static TokenCounts sum(Collection<TokenCounts> parts) {
    Map<LocalDate, Long> expiring = new HashMap<>();
    parts.forEach(
        part -> part.expiring.forEach((day, tokens) -> expiring.merge(day, tokens, Long::sum)));
    return new TokenCounts(parts.stream().flatMap(part -> part.groups.stream()).toList(), expiring);
  }

  /**
   * The numbers of tokens of one or more groups. Each token has exactly one of the four statuses.
   *
   * @param active the number of tokens with the status {@link TokenStatus#ACTIVE}
   * @param expiring the number of tokens with the status {@link TokenStatus#EXPIRING}
   * @param expired the number of tokens with the status {@link TokenStatus#EXPIRED}
   * @param revoked the number of tokens with the status {@link TokenStatus#REVOKED}
   * @param neverUsed the number of unrevoked, unexpired tokens that were never used
   * @param neverUsedNew the number of the tokens in {@code neverUsed} that were created recently,
   *     see {@link TokenOverview#NEW}
   * @param unused the number of unrevoked, unexpired tokens whose last use was long ago, see {@link
   *     TokenOverview#UNUSED}
   */
  public record Counts(
      long active,
      long expiring,
      long expired,
      long revoked,
      long neverUsed,
      long neverUsedNew,
      long unused) {

    /** The counts if there are no tokens. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

    /** Returns the number of all tokens: the sum over the four statuses. */
    public long tokens() {
      return active + expiring + expired + revoked;
    }

    /** Returns the sum of these counts and {@code other}. */
    public Counts plus(Counts other) {
      return new Counts(
          active + other.active,
          expiring + other.expiring,
          expired + other.expired,
          revoked + other.revoked,
          neverUsed + other.neverUsed,
          neverUsedNew + other.neverUsedNew,
          unused + other.unused);
    }
  }

  /** The numbers of tokens of one group. */
  public record GroupCounts(EntityRef group, Counts counts) {}
}
