package io.accesstokens.testing.fuzz;

import java.util.List;
import java.util.Random;

/** Makes all random choices of a run from one seed. Not thread-safe. */
final class Choice {

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final Random random;

  Choice(long seed) {
    random = new Random(seed);
  }

  /** Returns true with the given probability, in percent. */
  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Returns a random number from 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns a random number from {@code least} to {@code most}, inclusive. */
  long between(long least, long most) {
    return least + (long) (random.nextDouble() * (most - least + 1));
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Returns a text of exactly this number of random lower-case letters and digits. */
  String word(int length) {
    StringBuilder word = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return word.toString();
  }

  /** Returns 64 random bits, for a {@code UUID}. */
  long bits() {
    return random.nextLong();
  }
}
