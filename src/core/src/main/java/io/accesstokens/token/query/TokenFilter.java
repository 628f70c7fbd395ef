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
 * @param live if true, selects only tokens that are neither revoked nor expired
 * @param expiresBefore selects only tokens that expire before this instant
 * @param lastUsedBefore selects only tokens whose last use was before this instant; a token that
 *     was never used does not match
 * @param unusedSince selects only tokens whose last use was before this instant; a token that was
 *     never used also matches
 * @param neverUsed if true, selects only tokens that were never used
 */
public record TokenFilter(
    Optional<TokenStatus> status,
    Optional<Set<EntityRef>> groups,
    Optional<String> text,
    Optional<String> createdBy,
    boolean live,
    Optional<Instant> expiresBefore,
    Optional<Instant> lastUsedBefore,
    Optional<Instant> unusedSince,
    boolean neverUsed) {

  /** Maximum length of a search text, in code points. */
  public static final int MAX_TEXT = 200;

  public TokenFilter {
    groups = groups.map(Set::copyOf);
  }

  /** Returns a filter with conditions on status and groups only. */
  public static TokenFilter of(Optional<TokenStatus> status, Optional<Set<EntityRef>> groups) {
    return new TokenFilter(
        status,
        groups,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** Returns a filter for the unrevoked, unexpired tokens of a group. */
  public static TokenFilter liveOf(EntityRef group) {
    return new TokenFilter(
        Optional.empty(),
        Optional.of(Set.of(group)),
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** Returns a copy of this filter. These groups replace the groups of the filter. */
  public TokenFilter inGroups(Set<EntityRef> only) {
    return new TokenFilter(
        status,
        Optional.of(only),
        text,
        createdBy,
        live,
        expiresBefore,
        lastUsedBefore,
        unusedSince,
        neverUsed);
  }

  /** Returns true if the filter has no conditions except those on status and groups. */
  public boolean isPlain() {
    return equals(of(status, groups));
  }
}
