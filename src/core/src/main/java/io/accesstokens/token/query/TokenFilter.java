package io.accesstokens.token.query;

import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Selects service tokens. A token must meet all conditions. {@link Optional#empty()} or false means
 * that there is no condition.
 *
 * @param status selects only tokens with this status
 * @param groups the groups whose tokens are selected; a present but empty set matches no token
 * @param text selects only tokens whose name, description or prefix contains this text, ignoring
 *     case
 * @param createdBy the user or token that created the selected tokens; an exact match
 * @param createdBefore selects only tokens that were created before this instant
 * @param live if true, selects only tokens that are neither revoked nor expired
 * @param expiresAfter selects only tokens that expire at this instant or later
 * @param expiresBefore selects only tokens that expire before this instant
 * @param lastUsedBefore selects only tokens whose last use was before this instant; a token that
 *     was never used does not match
 * @param unusedSince selects only tokens whose last use was before this instant; a token that was
 *     never used also matches
 * @param neverUsed if true, selects only tokens that were never used
 * @param rotating if true, selects only live tokens whose previous secret is valid
 */
public record TokenFilter(
    Optional<TokenStatus> status,
    Optional<Set<EntityRef>> groups,
    Optional<String> text,
    Optional<String> createdBy,
    Optional<Instant> createdBefore,
    boolean live,
    Optional<Instant> expiresAfter,
    Optional<Instant> expiresBefore,
    Optional<Instant> lastUsedBefore,
    Optional<Instant> unusedSince,
    boolean neverUsed,
    boolean rotating) {

  /** Maximum length of a search text, in code points. */
  public static final int MAX_TEXT = 200;

  public TokenFilter {
    groups = groups.map(Set::copyOf);
  }

  /** Returns a filter with conditions on status and groups only. */
  public static TokenFilter of(Optional<TokenStatus> status, Optional<Set<EntityRef>> groups) {
    return of(status, groups, Optional.empty(), false);
  }

  /** Returns a filter for the unrevoked, unexpired tokens of a group. */
  public static TokenFilter liveOf(EntityRef group) {
    return of(Optional.empty(), Optional.of(Set.of(group)), Optional.empty(), true);
  }

  /**
   * Returns a filter for the unrevoked, unexpired tokens that a user or token created.
   *
   * @param groups the groups whose tokens are selected; empty for all groups
   */
  public static TokenFilter liveBy(String creator, Optional<Set<EntityRef>> groups) {
    return of(Optional.empty(), groups, Optional.of(creator), true);
  }

  private static TokenFilter of(
      Optional<TokenStatus> status,
      Optional<Set<EntityRef>> groups,
      Optional<String> createdBy,
      boolean live) {
    return new TokenFilter(
        status,
        groups,
        Optional.empty(),
        createdBy,
        Optional.empty(),
        live,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        false);
  }

  /** Returns a copy of this filter with these groups instead of its own groups. */
  public TokenFilter inGroups(Set<EntityRef> only) {
    return new TokenFilter(
        status,
        Optional.of(only),
        text,
        createdBy,
        createdBefore,
        live,
        expiresAfter,
        expiresBefore,
        lastUsedBefore,
        unusedSince,
        neverUsed,
        rotating);
  }

  /**
   * Returns true if no token can match: the set of groups is empty, or the status contradicts
   * {@link #live}.
   */
  public boolean isContradictory() {
    return groups.map(Set::isEmpty).orElse(false)
        || (live && status.map(only -> !only.isLive()).orElse(false));
  }

  /** Returns true if the filter has no conditions except those on status and groups. */
  public boolean isPlain() {
    return equals(of(status, groups));
  }
}
