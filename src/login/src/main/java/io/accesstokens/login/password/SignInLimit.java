package io.accesstokens.login.password;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.accesstokens.login.TooManySignInsException;
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
 * Limits the number of wrong passwords per minute for each pair of name and address. A client can
 * use all guesses of a minute in one moment. Used guesses become available again one by one. While
 * no guess is available, no password is verified, because a result would tell an attacker whether
 * the password is right. Right passwords do not count.
 *
 * <p>A guess is counted before the password is verified. If the password is right, the guess
 * becomes available again. Concurrent guesses therefore cannot exceed the limit. Concurrent
 * requests with the same password count as one guess.
 *
 * <p>Unknown names have the same limit as known names, so that the limit does not reveal which
 * names exist.
 */
public final class SignInLimit {

  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** Maximum number of entries. An entry is removed when all guesses are available again. */
  private static final int MAX_GUESSED = 100_000;

  /**
   * The characters that {@link #coarse} removes from a name: combining marks, spaces, control
   * characters and format characters.
   */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{M}\\p{Z}\\p{C}]+");

  /** The attempt that {@link #begin} returns if the number of wrong passwords is not limited. */
  private static final Attempt NOTHING =
      new Attempt() {
        @Override
        public void failed() {}

        @Override
        public void close() {}
      };

  /** A limit that never rejects an attempt. */
  public static final SignInLimit NONE =
      new SignInLimit(0, address -> address == null ? "" : address, TimeMeter.SYSTEM_NANOTIME);

  private final int perMinute;
  private final Function<@Nullable String, String> networks;
  private final TimeMeter time;
  private final CredentialKeys keys = new CredentialKeys(new SecureRandom());
  private final Cache<CredentialKeys.Key, Guesses> guessed;

  /**
   * Creates a limit.
   *
   * @param perMinute the number of wrong passwords per minute; 0 for no limit
   * @param networks converts a client address to its network, because one client can have many
   *     addresses
   */
  public SignInLimit(int perMinute, Function<@Nullable String, String> networks, TimeMeter time) {
    this.perMinute = perMinute;
    this.networks = networks;
    this.time = time;
    this.guessed =
        Caffeine.newBuilder()
            .maximumSize(MAX_GUESSED)
            // After this time, all guesses are available again, as in a new entry.
            .expireAfterAccess(PERIOD)
            .ticker(time::currentTimeNanos)
            .build();
  }

  /** Returns the network of a client address. */
  String sourceOf(@Nullable String clientAddress) {
    return networks.apply(clientAddress);
  }

  /** An attempt to verify a password. The caller must close each attempt. */
  public interface Attempt extends AutoCloseable {

    /**
     * Reports that the password was wrong. Call this method at most once.
     *
     * @throws TooManySignInsException if concurrent requests with the same password have used the
     *     remaining guesses
     */
    void failed();

    /** Ends the attempt. If {@link #failed} was not called, the guess becomes available again. */
    @Override
    void close();
  }

  /**
   * Begins an attempt to verify a password.
   *
   * @throws TooManySignInsException if the password must not be verified now
   */
  public Attempt begin(String username, char[] password, @Nullable String clientAddress) {
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
   * Returns the normalized form of a username. A user directory can accept several spellings of one
   * username. Without normalization, each spelling would have a separate limit, and an attacker
   * would have more guesses. For example, LDAP treats full-width letters as normal letters and
   * ignores invisible characters (RFC 4518). Databases can ignore accents.
   */
  static String coarse(String username) {
    String plain = Normalizer.normalize(username, Normalizer.Form.NFKD);
    return UNSEEN.matcher(plain).replaceAll("").toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** Returns the number of entries, one for each pair of name and address. */
  public long guessed() {
    guessed.cleanUp();
    return guessed.estimatedSize();
  }

  /**
   * The guesses for one name from one address in the last minute. The fields are guarded by the
   * monitor of this object.
   */
  private final class Guesses {

    private final CredentialKeys.Key person;
    private final Bucket left =
        Bucket.builder()
            .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
            .withCustomTimePrecision(time)
            .build();
    private final Map<CredentialKeys.Key, Guess> checking = new HashMap<>();
    private boolean reported;
    private boolean forgotten;

    Guesses(CredentialKeys.Key person) {
      this.person = person;
    }

    /** Begins an attempt. Returns null if this entry was removed from the cache before the call. */
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
        boolean first = !reported;
        reported = true;
        throw new TooManySignInsException(Duration.ofNanos(probe.getNanosToWaitForRefill()), first);
      }
    }

    synchronized void failed(Guess guess) {
      if (guess.wrong) {
        charge();
      }
      // The first failed request was already charged when it began.
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

  /** One guess. Concurrent requests with the same password share a guess. */
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
