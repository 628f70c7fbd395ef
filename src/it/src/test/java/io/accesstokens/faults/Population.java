package io.accesstokens.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The tokens of a run: those that live, those that are being revoked, and the last dead ones. */
final class Population {

  /** Of the dead, the latest are asked about at random; the others are forgotten. */
  private static final int REMEMBERED = 400;

  private final List<TrackedToken> living = new ArrayList<>();
  private final List<TrackedToken> dying = new ArrayList<>();
  private final List<TrackedToken> dead = new ArrayList<>();
  private int oldest;

  synchronized int living() {
    return living.size();
  }

  synchronized void born(TrackedToken token) {
    living.add(token);
  }

  /** Picks a living token, which is dying from now on. */
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

  /** Its revocation was answered. */
  synchronized void died(TrackedToken token) {
    dying.remove(token);
    if (dead.size() < REMEMBERED) {
      dead.add(token);
    } else {
      dead.set(oldest, token);
      oldest = (oldest + 1) % REMEMBERED;
    }
  }

  /** Picks any: half of the time a living one, else one of the dying or the dead. */
  synchronized Optional<TrackedToken> any(Random random) {
    List<TrackedToken> among =
        switch (random.nextInt(4)) {
          case 0 -> dying;
          case 1 -> dead;
          default -> living;
        };
    return among.isEmpty()
        ? Optional.empty()
        : Optional.of(among.get(random.nextInt(among.size())));
  }
}
