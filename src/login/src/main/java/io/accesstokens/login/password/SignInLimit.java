package io.accesstokens.login.password;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.accesstokens.login.TooManySignInsException;
import io.accesstokens.verify.IpAddress;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of wrong passwords per minute for each pair of name and address. All addresses
 * of an IPv6 network count as one address, because one client can have many addresses of a network.
 * A client can use all guesses of a minute in one moment. Used guesses become available again one
 * by one. While no guess is available, no password is verified, because a result would tell an
 * attacker whether the password is right. Right passwords do not count.
 *
 * <p>A guess is reserved before the password is verified, and counted when the password is wrong.
 * Concurrent guesses therefore cannot exceed the limit. Concurrent requests with the same password
 * reserve one guess.
 *
 * <p>Unknown names have the same limit as known names, so that the limit does not reveal which
 * names exist.
 */
public final class SignInLimit {

  private static final Duration PERIOD = Duration.ofMinutes(1);

  /**
   * Maximum number of pairs of name and address with wrong passwords. A pair is removed when all
   * guesses of the pair are available again.
   */
  private static final int MAX_GUESSED = 100_000;

  /**
   * Matches the characters that {@link #coarse} removes from a name: combining marks, spaces,
   * control characters, format characters, and two others that LDAP ignores (RFC 4518, section
   * 2.2).
   */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{M}\\p{Z}\\p{C}\\u1806\\uFFFC]+");

  /**
   * The attempt that {@link #startAttempt} returns if the number of wrong passwords is not limited.
   */
  private static final Attempt NOTHING =
      new Attempt() {
        @Override
        public void reportWrongPassword() {}

        @Override
        public void close() {}
      };

  private final int perMinute;
  private final TimeMeter time;
  private final CredentialKeys keys = new CredentialKeys(new SecureRandom());

  /** The pending attempts, by name and address of the guesser. */
  private final Map<Guesser, Attempts> running = new ConcurrentHashMap<>();

  /**
   * The used guesses, by the cache key of a {@link Guesser}. All cache keys have the same length.
   * Long names therefore use no more memory than short names. An attempt with a right password does
   * not change this cache, because each change would cost more time than the rest of the attempt.
   */
  private final Cache<CredentialKeys.Key, Guesses> guessed;

  /**
   * The time of the last wrong password or refused attempt, in nanoseconds of {@link #time}. One
   * minute after this time, all guesses of all names are available.
   */
  private volatile long lastUsedAt;

  /**
   * Creates a limit.
   *
   * @param perMinute the number of wrong passwords per minute; 0 for no limit
   */
  public SignInLimit(int perMinute, TimeMeter time) {
    this.perMinute = perMinute;
    this.time = time;
    this.lastUsedAt = time.currentTimeNanos() - PERIOD.toNanos();
    this.guessed =
        Caffeine.newBuilder()
            .maximumSize(MAX_GUESSED)
            // After this time, all guesses are available again, as in a new entry.
            .expireAfterAccess(PERIOD)
            .ticker(time::currentTimeNanos)
            .build();
  }

  /** An attempt to verify a password. The caller must close each attempt. */
  public interface Attempt extends AutoCloseable {

    /**
     * Reports that the password was wrong. Call this method at most once.
     *
     * @throws TooManySignInsException if concurrent requests with the same password have used the
     *     remaining guesses
     */
    void reportWrongPassword();

    /**
     * Ends the attempt. If {@link #reportWrongPassword} was not called, the guess is no longer
     * reserved.
     */
    @Override
    void close();
  }

  /**
   * Starts an attempt to verify a password.
   *
   * @throws TooManySignInsException if the password must not be verified now
   */
  public Attempt startAttempt(String username, char[] password, @Nullable String clientAddress) {
    if (perMinute == 0) {
      return NOTHING;
    }
    Guesser guesser = new Guesser(coarse(username), IpAddress.networkOf(clientAddress));
    while (true) {
      Attempt attempt = running.computeIfAbsent(guesser, Attempts::new).startAttempt(password);
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
    String plain =
        PreparedPassword.isPrintableAscii(username)
            ? username // the common case
            : UNSEEN.matcher(Normalizer.normalize(username, Normalizer.Form.NFKD)).replaceAll("");
    return plain.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** Returns the number of pairs of name and address with wrong passwords. */
  long guessed() {
    guessed.cleanUp();
    return guessed.estimatedSize();
  }

  /** Returns the number of pairs of name and address with attempts that have not ended. */
  int running() {
    return running.size();
  }

  /**
   * A name, and the address or network of the client that tries passwords for this name.
   *
   * @param name the result of {@link #coarse}
   * @param network empty if unknown
   */
  private record Guesser(String name, String network) {}

  /** A copy of a typed password. {@link #wipe} removes the password. */
  private static final class TypedPassword {

    private final char[] characters;

    TypedPassword(char[] password) {
      this.characters = password.clone();
    }

    void wipe() {
      Arrays.fill(characters, '\0');
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof TypedPassword typed && Arrays.equals(characters, typed.characters);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(characters);
    }
  }

  /**
   * The used guesses for one name and one address. Each wrong password uses one guess. Used guesses
   * become available again one by one. The fields are guarded by the monitor of the {@link
   * Attempts} of the same pair.
   */
  private final class Guesses {
    private final Bucket left =
        Bucket.builder()
            .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
            .withCustomTimePrecision(time)
            .build();
    private boolean reported;
  }

  /**
   * The pending attempts for one name and one address. After the last attempt has ended, the
   * instance is not used again. The fields are guarded by the monitor of this object.
   */
  private final class Attempts {

    private final Guesser guesser;
    private final Map<TypedPassword, Guess> checking = new HashMap<>();

    /** The key of the guesser in the cache {@code guessed}; null until an attempt needs the key. */
    private CredentialKeys.@Nullable Key key;

    /** Number of guesses whose verification has not ended. */
    private int open;

    private boolean ended;

    Attempts(Guesser guesser) {
      this.guesser = guesser;
    }

    /** Starts an attempt. Returns null if the last attempt of this object has ended. */
    synchronized @Nullable Attempt startAttempt(char[] password) {
      if (ended) {
        return null;
      }
      TypedPassword typed = new TypedPassword(password);
      Guess guess = checking.get(typed);
      if (guess == null) {
        if (!hasGuess()) {
          typed.wipe();
          TooManySignInsException refusal = refusal();
          endIfUnused();
          throw refusal;
        }
        open++;
        guess = new Guess(this, typed);
        checking.put(typed, guess);
      } else {
        typed.wipe();
      }
      guess.requests++;
      return guess;
    }

    /** Returns true if the limit allows one more guess, even if all pending guesses are wrong. */
    private boolean hasGuess() {
      Guesses used = usedIfAny();
      return (used == null ? perMinute : used.left.getAvailableTokens()) > open;
    }

    private TooManySignInsException refusal() {
      Guesses used = used();
      boolean first = !used.reported;
      used.reported = true;
      long needed = Math.min(open + 1, perMinute);
      return new TooManySignInsException(
          Duration.ofNanos(used.left.estimateAbilityToConsume(needed).getNanosToWaitForRefill()),
          first);
    }

    /**
     * Returns the used guesses of this pair; null if there are none. Computes the cache key only if
     * any pair has used guesses.
     */
    private @Nullable Guesses usedIfAny() {
      boolean none = time.currentTimeNanos() - lastUsedAt >= PERIOD.toNanos();
      return none ? null : guessed.getIfPresent(key());
    }

    private Guesses used() {
      lastUsedAt = time.currentTimeNanos();
      return guessed.get(key(), absent -> new Guesses());
    }

    private CredentialKeys.Key key() {
      if (key == null) {
        key = keys.ofPerson(guesser.name(), guesser.network());
      }
      return key;
    }

    synchronized void recordWrongPassword(Guess guess) {
      if (!guess.wrong) {
        guess.wrong = true;
        open--;
      } else if (!hasGuess()) {
        throw refusal();
      }
      used().left.tryConsume(1);
    }

    synchronized void close(Guess guess) {
      guess.requests--;
      if (guess.requests > 0) {
        return;
      }
      checking.remove(guess.typed);
      guess.typed.wipe();
      if (!guess.wrong) {
        open--;
      }
      endIfUnused();
    }

    private void endIfUnused() {
      if (!checking.isEmpty()) {
        return;
      }
      // The entry must be removed before this object ends. Otherwise, the removal could also remove
      // guesses that attempts of the next object have used.
      Guesses used = usedIfAny();
      if (used != null && used.left.getAvailableTokens() == perMinute) {
        guessed.invalidate(key());
      }
      ended = true;
      running.remove(guesser, this);
    }
  }

  /**
   * A reserved guess. Concurrent requests with the same password share the reservation, but each
   * reported wrong password uses one guess.
   */
  private static final class Guess implements Attempt {

    private final Attempts attempts;
    private final TypedPassword typed;
    private int requests;
    private boolean wrong;

    Guess(Attempts attempts, TypedPassword typed) {
      this.attempts = attempts;
      this.typed = typed;
    }

    @Override
    public void reportWrongPassword() {
      attempts.recordWrongPassword(this);
    }

    @Override
    public void close() {
      attempts.close(this);
    }
  }
}
