package io.accesstokens.login.password;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.login.password.UsersFile.User;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;

/**
 * Verifies names and passwords against a {@link UsersFile}. In a valid result, the name of the
 * principal is the canonical user ref, for example {@code user:default/alice}. The result contains
 * no groups, because a group directory provides the groups.
 *
 * <p>Validates only {@link UsernamePasswordCredential} and its subclasses, such as {@code
 * BasicAuthenticationCredential}.
 */
public final class UsersFileIdentityStore implements IdentityStore {

  /**
   * How long a successful verification stays in the cache. If the hash or the user ref of a user
   * changes, this result is not used again, because the cache key contains both.
   */
  private static final Duration VERIFIED_FOR = Duration.ofMinutes(10);

  private static final Duration RECENTLY_VALID_FOR = Duration.ofHours(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** Maximum time that a thread waits for another thread that verifies the same credential. */
  private static final Duration SHARED_TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_ENTRIES = 10_000;

  private final UsersFile usersFile;
  private final BiPredicate<PasswordHash, PreparedPassword> hashing;
  private final CredentialKeys keys;
  private final SecureRandom random;

  /**
   * The pending verifications and the successful verifications of the last ten minutes. The key is
   * the cache key of the credential.
   */
  private final AsyncCache<CredentialKeys.Key, Boolean> verdicts;

  /**
   * The cache keys of credentials that were valid in the last hour. Verifications of these
   * credentials have a separate bulkhead.
   */
  private final Cache<CredentialKeys.Key, Boolean> recentlyValid;

  /**
   * The limit on the number of threads that wait for another thread's verification of the same
   * credential. All credentials that were not valid in the last hour share this limit.
   */
  private final WaitLimit sharingNew = new WaitLimit(32, 64);

  /**
   * Like {@link #sharingNew}, for the credentials that were valid in the last hour. This limit is
   * higher, because many clients can use one credential at the same time.
   */
  private final WaitLimit sharingKnown = new WaitLimit(1_000, 1_000);

  private final Bulkhead newCredentials;
  private final Bulkhead knownCredentials;
  private final Duration sharedTimeout;

  /** Creates a store for the users of a file. The keys of the caches use a new random secret. */
  public UsersFileIdentityStore(UsersFile usersFile) {
    this(
        usersFile,
        PasswordHash::matches,
        Ticker.systemTicker(),
        // Of several processor cores, one is reserved for credentials that were valid in the last
        // hour.
        new Bulkhead(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), 16, TIMEOUT),
        new Bulkhead(1, 16, TIMEOUT),
        SHARED_TIMEOUT);
  }

  UsersFileIdentityStore(
      UsersFile usersFile,
      BiPredicate<PasswordHash, PreparedPassword> hashing,
      Ticker ticker,
      Bulkhead newCredentials,
      Bulkhead knownCredentials,
      Duration sharedTimeout) {
    this.usersFile = usersFile;
    this.hashing = hashing;
    this.random = new SecureRandom();
    this.keys = new CredentialKeys(random);
    this.newCredentials = newCredentials;
    this.knownCredentials = knownCredentials;
    this.sharedTimeout = sharedTimeout;
    this.verdicts =
        Caffeine.newBuilder()
            .maximumSize(MAX_ENTRIES)
            .expireAfterWrite(VERIFIED_FOR)
            .ticker(ticker)
            .buildAsync();
    this.recentlyValid =
        Caffeine.newBuilder()
            .maximumSize(MAX_ENTRIES)
            .expireAfterWrite(RECENTLY_VALID_FOR)
            .ticker(ticker)
            .build();
  }

  /** Returns only {@link ValidationType#VALIDATE}, because this store provides no groups. */
  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Verifies a credential.
   *
   * @throws SignInUnavailableException if the credential cannot be verified in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (!(credential instanceof UsernamePasswordCredential typed)) {
      return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }
    String username = typed.getCaller();
    if (username == null || typed.getPassword() == null) {
      return CredentialValidationResult.INVALID_RESULT;
    }
    try (PreparedPassword password =
        PreparedPassword.of(typed.getPassword().getValue()).orElse(null)) {
      return password == null
          ? CredentialValidationResult.INVALID_RESULT
          : validate(
              UsersFile.canonical(username), password, RequestCredential.sourceOf(credential));
    }
  }

  private CredentialValidationResult validate(
      String username, PreparedPassword password, String source) {
    Optional<User> user = usersFile.find(username);
    // An unknown name takes the same steps as a known name, with a decoy hash.
    PasswordHash stored = user.map(User::password).orElseGet(() -> decoy(username));
    String accountState = user.map(known -> known.ref() + " " + known.password().text()).orElse("");
    boolean good = isGood(keys.of(username, password, accountState), stored, password, source);
    return good && user.isPresent()
        ? new CredentialValidationResult(user.get().ref().toString())
        : CredentialValidationResult.INVALID_RESULT;
  }

  private PasswordHash decoy(String username) {
    List<Integer> costs = usersFile.costs();
    return PasswordHash.decoy(costs.get(keys.choice(username, costs.size())), random);
  }

  private boolean isGood(
      CredentialKeys.Key key, PasswordHash stored, PreparedPassword password, String source) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> others = verdicts.asMap().putIfAbsent(key, mine);
    if (others != null && others.isDone() && !others.isCancelled()) {
      return others.join();
    }
    boolean known = recentlyValid.getIfPresent(key) != null;
    if (others != null) {
      return await(others, known ? sharingKnown : sharingNew, source);
    }
    try {
      Bulkhead bulkhead = known ? knownCredentials : newCredentials;
      boolean good = bulkhead.run(source, () -> hashing.test(stored, password));
      if (good) {
        recentlyValid.put(key, true);
      } else {
        // Remove the entry before completing the future. Waiting threads share a rejection, but the
        // cache must not keep the rejection.
        verdicts.asMap().remove(key, mine);
      }
      mine.complete(good);
      return good;
    } catch (RuntimeException | Error e) {
      // Cancel the future instead of completing it with the exception. The cache would log such an
      // exception with its stack trace.
      verdicts.asMap().remove(key, mine);
      mine.cancel(false);
      throw e;
    }
  }

  private boolean await(CompletableFuture<Boolean> verdict, WaitLimit limit, String source) {
    if (!limit.tryEnter(source)) {
      throw new SignInUnavailableException("too many requests wait for one sign-in");
    }
    try {
      return verdict.get(sharedTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (CancellationException | ExecutionException | TimeoutException e) {
      throw new SignInUnavailableException(
          "another verification of the same credential did not end in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SignInUnavailableException("the server is stopping");
    } finally {
      limit.leave(source);
    }
  }
}
