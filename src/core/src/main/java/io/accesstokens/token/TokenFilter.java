package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens are meant. All of it is ANDed.
 *
 * @param status only tokens of this status
 * @param groups only tokens of these groups; an empty set matches nothing
 * @param text only tokens whose name, description or prefix holds this, in whatever case
 * @param createdBy only tokens that were made by exactly this user or token
 * @param live only tokens that are neither revoked nor expired
 * @param expiresBefore only tokens whose life ends before that instant
 * @param lastUsedBefore only tokens that were used, but not since that instant
 * @param unusedSince only tokens that were not used since that instant, or never
 * @param neverUsed only tokens that never were used
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

  /** The longest text to search for, in code points. */
  public static final int MAX_TEXT = 200;

  public TokenFilter {
    groups = groups.map(Set::copyOf);
  }

  /** By status and group alone. */
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

  /** Those of a group that are neither revoked nor expired. */
  static TokenFilter liveOf(EntityRef group) {
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

  /** The same, of these groups only. */
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

  /** Whether it asks for status and group at most. */
  public boolean isPlain() {
    return equals(of(status, groups));
  }
}
