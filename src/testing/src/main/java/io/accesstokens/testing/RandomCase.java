package io.accesstokens.testing;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A source of random input for one test case of a property.
 *
 * <p>Each run uses different input. The error of a failed case contains the seed of that case. If
 * the system property {@code randomCase.seed} is set, only the case with this seed runs.
 */
public final class RandomCase {

  private static final String SEED = "randomCase.seed";

  /** Characters that code often handles differently from other characters. */
  private static final String EDGES =
      "\u0000\t\n\r \u007f\u0085\u00a0\u200b\u3000\ud800\udfff\uffff";

  private final RandomGenerator random;

  private RandomCase(long seed) {
    random = RandomGeneratorFactory.of("SplittableRandom").create(seed);
  }

  /**
   * Tests a property with random input.
   *
   * @param cases the number of cases; ignored if the system property {@code randomCase.seed} is set
   * @throws AssertionError with the seed, if a case fails
   */
  public static void check(int cases, Consumer<RandomCase> property) {
    Long only = Long.getLong(SEED);
    if (only != null) {
      checkOne(only, property);
      return;
    }
    for (int i = 0; i < cases; i++) {
      checkOne(ThreadLocalRandom.current().nextLong(), property);
    }
  }

  private static void checkOne(long seed, Consumer<RandomCase> property) {
    try {
      property.accept(new RandomCase(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("fails with -D" + SEED + "=" + seed + ": " + e.getMessage(), e);
    }
  }

  /** Returns a random number. Boundary values are more probable than other values. */
  public long number() {
    return random.nextInt(10) == 0
        ? oneOf(List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE))
        : random.nextLong();
  }

  /** Returns a random number from 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns a random element of the list. */
  public <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Returns a random character, which may be one half of a surrogate pair. */
  public char character() {
    return switch (random.nextInt(4)) {
      case 0 -> EDGES.charAt(random.nextInt(EDGES.length()));
      case 1 -> (char) random.nextInt(Character.MAX_VALUE + 1);
      default -> (char) random.nextInt(0x80);
    };
  }

  /** Returns a text of at most {@code maxLength} random characters. The text may be empty. */
  public String text(int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(maxLength + 1); left > 0; left--) {
      text.append(character());
    }
    return text.toString();
  }

  /** Returns a text of exactly this number of random ASCII letters. */
  public String letters(int length) {
    StringBuilder text = new StringBuilder();
    for (int left = length; left > 0; left--) {
      text.append((char) ((random.nextBoolean() ? 'a' : 'A') + random.nextInt(26)));
    }
    return text.toString();
  }
}
