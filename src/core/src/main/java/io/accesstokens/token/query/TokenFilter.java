package io.accesstokens.token.query;

import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Selects service tokens. All conditions must hold.
 *
 * @param status only tokens with this status
 * @param groups only tokens of these groups; an empty set matches nothing
 * @param text only tokens whose name, description or prefix contains this text, ignoring case
 * @param createdBy only tokens that exactly this user or token created
 * @param live only tokens that are neither revoked nor expired
 * @param expiresBefore only tokens that expire before this instant
 * @param lastUsedBefore only tokens that were used, but not since this instant
 * @param unusedSince only tokens that were not used since this instant, or never
 * @param neverUsed only tokens that were never used
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

  /** Returns a filter by status and group only. */
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

  /** Returns this filter with these groups, which replace the former ones. */
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

  /** Returns true if the filter has no conditions except status and groups. */
  public boolean isPlain() {
    return equals(of(status, groups));
  }
}
