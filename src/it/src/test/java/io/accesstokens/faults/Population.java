package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The tokens of a run: live ones, those being revoked or rotated, and the most recently revoked
 * ones. A secret of a rotated token counts as a token.
 */
final class Population {

  /** Number of revoked tokens that are kept for random checks; older ones are dropped. */
  private static final int REMEMBERED = 400;

  private final List<TrackedToken> living = new ArrayList<>();
  private final List<TrackedToken> rotating = new ArrayList<>();
  private final List<TrackedToken> dying = new ArrayList<>();
  private final List<TrackedToken> dead = new ArrayList<>();
  private int oldest;

  synchronized int living() {
    return living.size();
  }

  synchronized void born(TrackedToken token) {
    living.add(token);
  }

  /** Adds the new secret of a token that is being rotated. */
  synchronized void bornOfRotation(TrackedToken token) {
    rotating.add(token);
  }

  /** Marks the new secret of a token as replaced by a further rotation. */
  synchronized void replaced(TrackedToken token) {
    rotating.remove(token);
    dying.add(token);
  }

  /** Marks the rotation of a token as completed, so that the token can be revoked. */
  synchronized void completed(TrackedToken token) {
    rotating.remove(token);
    living.add(token);
  }

  /** Picks a live token, and marks it as being revoked or rotated. */
  synchronized Optional<TrackedToken> condemn(Random random) {
    if (living.isEmpty()) {
      return Optional.empty();
    }
    int index = random.nextInt(living.size());
    TrackedToken token = living.get(index);
    living.set(index, living.get(living.size() - 1));
    living.remove(living.size() - 1);
    dying.add(token);
    return Optional.of(token);
  }

  /** Marks a token as revoked, when the response to its revocation has arrived. */
  synchronized void died(TrackedToken token) {
    dying.remove(token);
    if (dead.size() < REMEMBERED) {
      dead.add(token);
    } else {
      dead.set(oldest, token);
      oldest = (oldest + 1) % REMEMBERED;
    }
  }

  /**
   * Picks a token at random: half of the time a live one, otherwise one that is revoked, or being
   * revoked or rotated.
   */
  synchronized Optional<TrackedToken> any(Random random) {
    List<TrackedToken> among =
        switch (random.nextInt(8)) {
          case 0 -> dying;
          case 1 -> rotating;
          case 2, 3 -> dead;
          default -> living;
        };
    return among.isEmpty()
        ? Optional.empty()
        : Optional.of(among.get(random.nextInt(among.size())));
  }
}
