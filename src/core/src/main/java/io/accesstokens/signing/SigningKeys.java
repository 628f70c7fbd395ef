package io.accesstokens.signing;

import io.accesstokens.token.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Holds the signing keys of an installation, as last read from the store. The package documentation
 * describes the rules for these keys. Thread-safe.
 */
public final class SigningKeys {

  /** Maximum lifetime of a token that a key signs. */
  public static final Duration MAX_SIGNED_LENGTH = Duration.ofMinutes(10);

  /**
   * Time between the publication of a key and its first signature. This time must be longer than
   * the time for which verifiers cache the published keys.
   */
  public static final Duration LEAD = Duration.ofMinutes(15);

  /** Time for which a key stays published after the next key starts to sign. */
  public static final Duration OVERLAP = MAX_SIGNED_LENGTH.plus(LEAD).plusMinutes(5);

  /** Seconds between two runs of {@link #maintain}. */
  public static final int MAINTENANCE_SECONDS = 10;

  /**
   * Minimum time between the end of a read of the store and the next read for an unknown key id.
   * The limit applies to all callers together. A caller that has waited for the read of another
   * caller starts no read of its own.
   */
  private static final Duration MIN_REREAD_INTERVAL = Duration.ofSeconds(2);

  /** Maximum wait of a request for a read that another thread has begun. */
  private static final Duration MAX_WAIT = Duration.ofMillis(500);

  private static final int ID_BYTES = 16;
  private static final Logger LOG = System.getLogger(SigningKeys.class.getPackageName());

  private final SigningKeyStore store;
  private final KeySeal seal;
  private final Duration age;
  private final Clock clock;
  private final SecureRandom random;

  /** Held during each read and each change of the keys. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Rows that cannot be decrypted. Each of them was logged once. Guarded by {@link #lock}. */
  private final Set<SealedKey> unreadable = new HashSet<>();

  private volatile List<SigningKey> keys = List.of();
  private volatile Instant lastReadAt = Instant.MIN;
  private volatile boolean lastReadSucceeded;

  private SigningKeys(
      SigningKeyStore store, KeySeal seal, Duration age, Clock clock, SecureRandom random) {
    this.store = store;
    this.seal = seal;
    this.age = age;
    this.clock = Clock.tick(clock, Duration.ofMillis(1));
    this.random = random;
  }

  /**
   * Reads the keys from the store, and creates the first key if the store has none.
   *
   * @param age the time for which a key signs
   * @throws UnreadableKeyException if a key cannot be decrypted
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public static SigningKeys open(
      SigningKeyStore store, KeySeal seal, Duration age, Clock clock, SecureRandom random) {
    store.all().forEach(seal::open);
    SigningKeys opened = new SigningKeys(store, seal, age, clock, random);
    opened.maintain();
    return opened;
  }

  /**
   * Replaces all keys by a new key, which signs immediately. Every token that the old keys signed
   * becomes invalid. Other processes reject these tokens after their next read of the store. This
   * method does not need to decrypt the old keys.
   *
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public static void withdrawAll(
      SigningKeyStore store, KeySeal seal, Clock clock, SecureRandom random) {
    SigningKeys fresh = new SigningKeys(store, seal, Duration.ZERO, clock, random);
    Instant now = fresh.clock.instant();
    while (!store.replaceAll(fresh.generate(generationAfter(store.all()), now, now))) {
      // Another process has just added this generation.
    }
  }

  /**
   * Returns the key that signs now.
   *
   * @throws StoreUnavailableException if no key can be decrypted
   */
  public SigningKey current() {
    Instant now = clock.instant();
    List<SigningKey> all = keys;
    for (int i = all.size() - 1; i >= 0; i--) {
      if (!all.get(i).signsFrom().isAfter(now)) {
        return all.get(i);
      }
    }
    // All keys sign from a later instant, because a process with a fast clock created them.
    return all.stream()
        .findFirst()
        .orElseThrow(() -> unavailable("none of the signing keys in the store can be opened"));
  }

  /** Returns all keys that may have signed a valid token, and all keys that will sign soon. */
  public List<SigningKey> published() {
    Instant now = clock.instant();
    List<SigningKey> all = keys;
    List<SigningKey> published = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!isOver(all, i, now)) {
        published.add(all.get(i));
      }
    }
    return List.copyOf(published);
  }

  private static boolean isOver(List<SigningKey> all, int index, Instant now) {
    return all.subList(index + 1, all.size()).stream()
        .map(SigningKey::signsFrom)
        .min(Comparator.naturalOrder())
        .filter(another -> !now.isBefore(another.plus(OVERLAP)))
        .isPresent();
  }

  /**
   * Returns the published key with this id. For an unknown id, reads the store again if the last
   * read ended at least two seconds ago. Waits at most half a second for a read that another thread
   * has begun.
   *
   * @return empty if no published key has this id
   * @throws StoreUnavailableException if the key is unknown, and the last read of the store failed
   *     or takes too long
   */
  public Optional<SigningKey> find(String id) {
    Optional<SigningKey> known = known(id);
    if (known.isPresent()) {
      return known;
    }
    rereadIfDue();
    Optional<SigningKey> found = known(id);
    if (found.isEmpty() && !lastReadSucceeded) {
      throw unavailable("the signing keys could not be read just now");
    }
    return found;
  }

  private static StoreUnavailableException unavailable(String why) {
    return new StoreUnavailableException("there is no signing key", new IllegalStateException(why));
  }

  private void rereadIfDue() {
    if (!isRereadDue()) {
      return;
    }
    try {
      if (!lock.tryLock(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw unavailable("a read of the signing keys takes too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
    try {
      if (isRereadDue()) {
        read();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isRereadDue() {
    return Duration.between(lastReadAt, clock.instant()).abs().compareTo(MIN_REREAD_INTERVAL) >= 0;
  }

  private Optional<SigningKey> known(String id) {
    return published().stream().filter(key -> key.id().equals(id)).findFirst();
  }

  /**
   * Reads the keys again. Adds a key if the store has none, or before the current key must be
   * replaced. Deletes expired keys.
   *
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public void maintain() {
    lock.lock();
    try {
      maintainLocked();
    } finally {
      lock.unlock();
    }
  }

  private void maintainLocked() {
    List<SealedKey> rows = read();
    Instant now = clock.instant();
    if (rows.isEmpty()) {
      add(rows, now);
    } else if (isSuccessorDue(rows, now)) {
      add(rows, now.plus(LEAD));
    }
    Set<String> published =
        published().stream().map(SigningKey::id).collect(Collectors.toUnmodifiableSet());
    Set<String> over =
        keys.stream()
            .map(SigningKey::id)
            .filter(id -> !published.contains(id))
            .collect(Collectors.toUnmodifiableSet());
    if (!over.isEmpty()) {
      store.delete(over);
      read();
    }
  }

  /**
   * Returns true if a new key must be added. The latest key needs a successor {@link #LEAD} before
   * it has signed for {@code age}.
   *
   * <p>This calculation ignores keys that start to sign more than twice {@link #LEAD} from now,
   * because a process with a fast clock created them. If it ignores all keys, the clock of this
   * process may be slow. A new key must then be added only if the latest key starts to sign later
   * than {@code age} from now.
   */
  private boolean isSuccessorDue(List<SealedKey> rows, Instant now) {
    Instant soon = now.plus(LEAD.multipliedBy(2)); // clocks may differ by the lead
    for (int i = rows.size() - 1; i >= 0; i--) {
      Instant signsFrom = rows.get(i).signsFrom();
      if (!signsFrom.isAfter(soon)) {
        return !now.isBefore(signsFrom.plus(age).minus(LEAD));
      }
    }
    return rows.get(rows.size() - 1).signsFrom().isAfter(now.plus(age));
  }

  /**
   * Adds the key that signs next.
   *
   * @param lead the time until the new key signs. A time shorter than {@link #LEAD} is safe only if
   *     every verifier fetches the published keys again for an unknown key id.
   * @return the id of the new key
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public String rotate(Duration lead) {
    lock.lock();
    try {
      while (true) {
        Optional<String> added = add(read(), clock.instant().plus(lead));
        if (added.isPresent()) {
          return added.get();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a key of the next generation, and returns the id of the new key. Returns empty if another
   * process has just added a key of this generation.
   */
  private Optional<String> add(List<SealedKey> rows, Instant signsFrom) {
    SealedKey key = generate(generationAfter(rows), clock.instant(), signsFrom);
    boolean added = store.add(key);
    if (added) {
      LOG.log(Level.INFO, "created the signing key {0}, which signs from {1}", key.id(), signsFrom);
    }
    read();
    return added ? Optional.of(key.id()) : Optional.empty();
  }

  private static long generationAfter(List<SealedKey> rows) {
    return rows.isEmpty() ? 1 : rows.get(rows.size() - 1).generation() + 1;
  }

  private SealedKey generate(long generation, Instant createdAt, Instant signsFrom) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] id = new byte[ID_BYTES];
      random.nextBytes(id);
      SealedKey row =
          new SealedKey(
              Base64.getUrlEncoder().withoutPadding().encodeToString(id),
              generation,
              Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
              "",
              createdAt,
              signsFrom);
      return seal.sealPrivateKey(row, pair.getPrivate(), random);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the Java runtime cannot generate a key pair on the curve P-256", e);
    }
  }

  /**
   * Reads and returns all rows in the store. Replaces the keys in memory by the keys that can be
   * decrypted. The caller must hold {@link #lock}.
   */
  private List<SealedKey> read() {
    boolean succeeded = false;
    try {
      List<SealedKey> rows = store.all();
      Map<SealedKey, SigningKey> before = new HashMap<>();
      keys.forEach(key -> before.put(key.row(), key));
      List<SigningKey> opened = new ArrayList<>();
      for (SealedKey row : rows) {
        SigningKey known = before.get(row);
        if (known != null) {
          opened.add(known);
        } else if (!unreadable.contains(row)) {
          open(row).ifPresent(opened::add);
        }
      }
      unreadable.retainAll(rows);
      keys = List.copyOf(opened);
      succeeded = true;
      return rows;
    } finally {
      lastReadSucceeded = succeeded;
      lastReadAt = clock.instant();
    }
  }

  private Optional<SigningKey> open(SealedKey row) {
    try {
      return Optional.of(seal.open(row));
    } catch (UnreadableKeyException e) {
      unreadable.add(row);
      LOG.log(
          Level.ERROR,
          "{0} and is ignored: it was altered, or it was encrypted with another"
              + " accessTokens.personal.encryptionKey",
          e.getMessage());
      return Optional.empty();
    }
  }
}
