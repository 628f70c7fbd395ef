package io.accesstokens.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many wrong passwords can be tried a minute for one name from one address: all at once,
 * and then as they come back one by one. Once they are used up, no password is checked, not even
 * the right one: an answer would be worth a guess. Good passwords use up nothing.
 *
 * <p>A guess is charged before it is checked and given back if it was right, so that many at a time
 * are no more than one after the other. Requests at the same time with the same password are one
 * guess: somebody who signs in with many requests at once is not held up.
 *
 * <p>Names that nobody has are limited like all others, or the limit would tell which those are.
 */
public final class SignInLimit {

  private static final Duration PERIOD = Duration.ofMinutes(1);

  /**
   * Each of them has cost a password check, of which there are a few a second, and is forgotten
   * when it no longer matters: so this many are never reached.
   */
  private static final int MOST_GUESSED = 100_000;

  /** Marks, spaces, control and format characters. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{M}\\p{Z}\\p{C}]+");

  /** When nothing is limited. */
  private static final Attempt NOTHING =
      new Attempt() {
        @Override
        public void failed() {}

        @Override
        public void close() {}
      };

  /** No limit. */
  public static final SignInLimit NONE =
      new SignInLimit(0, address -> address == null ? "" : address, TimeMeter.SYSTEM_NANOTIME);

  private final int perMinute;
  private final Function<@Nullable String, String> networks;
  private final TimeMeter time;
  private final CredentialKeys keys = new CredentialKeys(new SecureRandom());
  private final Cache<CredentialKeys.Key, Guesses> guessed;

  /**
   * @param perMinute how many; 0 for no limit
   * @param networks what counts as one address, since a client may have many
   */
  public SignInLimit(int perMinute, Function<@Nullable String, String> networks, TimeMeter time) {
    this.perMinute = perMinute;
    this.networks = networks;
    this.time = time;
    this.guessed =
        Caffeine.newBuilder()
            .maximumSize(MOST_GUESSED)
            // By then all are back, as for a new one.
            .expireAfterAccess(PERIOD)
            .ticker(time::currentTimeNanos)
            .build();
  }

  /** Returns what counts as one address. */
  String sourceOf(@Nullable String clientAddress) {
    return networks.apply(clientAddress);
  }

  /** A password that is being checked, or was. */
  interface Attempt extends AutoCloseable {

    /**
     * Notes that it was wrong; once at most.
     *
     * @throws TooManySignInsException if others, with the same password at the same time, used up
     *     what was left
     */
    void failed();

    /** The check is over. What was not {@link #failed} has used up nothing. */
    @Override
    void close();
  }

  /**
   * Asks for leave to check a password.
   *
   * @throws TooManySignInsException if it must not be checked now
   */
  Attempt begin(String username, char[] password, @Nullable String clientAddress) {
    if (perMinute == 0) {
      return NOTHING;
    }
    CredentialKeys.Key person = keys.ofPerson(coarse(username), networks.apply(clientAddress));
    CredentialKeys.Key typed = keys.ofTyped(password);
    while (true) {
      Attempt attempt = guessed.get(person, Guesses::new).begin(typed);
      if (attempt != null) {
        return attempt;
      }
    }
  }

  /**
   * A name as coarse as any realm may read it, or each spelling would have guesses of its own: LDAP
   * takes wide letters for plain ones, and passes over characters that are not seen (RFC 4518);
   * databases take letters with accents for those without.
   */
  static String coarse(String username) {
    String plain = Normalizer.normalize(username, Normalizer.Form.NFKD);
    return UNSEEN.matcher(plain).replaceAll("").toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** How many persons at an address are remembered. */
  long guessed() {
    guessed.cleanUp();
    return guessed.estimatedSize();
  }

  /** What was guessed of one person from one address in the last minute. Guarded by itself. */
  private final class Guesses {

    private final CredentialKeys.Key person;
    private final Bucket left =
        Bucket.builder()
            .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
            .withCustomTimePrecision(time)
            .build();
    private final Map<CredentialKeys.Key, Guess> checking = new HashMap<>();
    private boolean told;
    private boolean forgotten;

    Guesses(CredentialKeys.Key person) {
      this.person = person;
    }

    /** Null if this was forgotten meanwhile. */
    synchronized @Nullable Attempt begin(CredentialKeys.Key typed) {
      if (forgotten) {
        return null;
      }
      Guess guess = checking.get(typed);
      if (guess == null) {
        charge();
        guess = new Guess(this, typed);
        checking.put(typed, guess);
      }
      guess.requests++;
      return guess;
    }

    private void charge() {
      ConsumptionProbe probe = left.tryConsumeAndReturnRemaining(1);
      if (!probe.isConsumed()) {
        boolean first = !told;
        told = true;
        throw new TooManySignInsException(Duration.ofNanos(probe.getNanosToWaitForRefill()), first);
      }
    }

    synchronized void failed(Guess guess) {
      if (guess.wrong) {
        charge();
      }
      // The first of them has been charged at the beginning.
      guess.wrong = true;
    }

    synchronized void close(Guess guess) {
      guess.requests--;
      if (guess.requests > 0) {
        return;
      }
      checking.remove(guess.typed);
      if (!guess.wrong) {
        left.addTokens(1);
      }
      if (checking.isEmpty() && left.getAvailableTokens() == perMinute) {
        forgotten = true;
        guessed.asMap().remove(person, this);
      }
    }
  }

  /** One password, which some requests have in common. */
  private static final class Guess implements Attempt {

    private final Guesses guesses;
    private final CredentialKeys.Key typed;
    private int requests;
    private boolean wrong;

    Guess(Guesses guesses, CredentialKeys.Key typed) {
      this.guesses = guesses;
      this.typed = typed;
    }

    @Override
    public void failed() {
      guesses.failed(this);
    }

    @Override
    public void close() {
      guesses.close(this);
    }
  }
}
