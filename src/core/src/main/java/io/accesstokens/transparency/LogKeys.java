package io.accesstokens.transparency;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.SignedNote.NoteSignature;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.token.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds the keys that sign the checkpoints of a log, as last read from the store. Thread-safe. */
public final class LogKeys {

  private static final String ALGORITHM = "Ed25519";
  private static final Logger LOG = System.getLogger(LogKeys.class.getPackageName());

  /** A decrypted key. The private key is a secret. */
  private static final class LogKey {

    private final SealedKey row;
    private final VerifierKey verifier;
    private final PrivateKey privateKey;

    LogKey(SealedKey row, VerifierKey verifier, PrivateKey privateKey) {
      this.row = row;
      this.verifier = verifier;
      this.privateKey = privateKey;
    }
  }

  private final LogStore store;
  private final KeySeal seal;
  private final String origin;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * The stored keys that cannot be decrypted. Each of these keys was logged once. Guarded by this
   * object.
   */
  private final Set<SealedKey> unreadable = new HashSet<>();

  private volatile List<LogKey> keys = List.of();

  private LogKeys(LogStore store, KeySeal seal, String origin, Clock clock, SecureRandom random) {
    this.store = store;
    this.seal = seal;
    this.origin = origin;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Reads the keys from the store, and creates the first key if the store has none. Encrypts again
   * the keys that were encrypted with the previous encryption key.
   *
   * @param origin the name of the log, which is the name of its keys
   * @throws UnreadableKeyException if a key cannot be decrypted
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public static LogKeys open(
      LogStore store, KeySeal seal, String origin, Clock clock, SecureRandom random) {
    LogKeys opened = new LogKeys(store, seal, origin, clock, random);
    for (SealedKey row : store.keys().all()) {
      PrivateKey key = seal.openPrivateKey(row, ALGORITHM);
      if (seal.isSealedByPrevious(row, ALGORITHM)) {
        var unused = store.reseal(row, seal.sealPrivateKey(row, key, random));
      }
    }
    opened.readAgain();
    if (opened.keys.isEmpty()) {
      var unused = opened.addOrNull(1);
    }
    return opened;
  }

  /**
   * Adds a key. All keys sign from now on.
   *
   * @return the verifier key of the new key
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public synchronized VerifierKey rotate() {
    SealedKey added;
    do {
      added = addOrNull(generationAfter(store.keys().all()));
    } while (added == null);
    return verifier(origin, added);
  }

  /**
   * Removes all keys except the newest key. Before this call, all verifiers must have the verifier
   * key of the newest key.
   *
   * @return the verifier keys of the removed keys
   * @throws IllegalStateException if the newest key has not signed the latest checkpoint yet
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public synchronized List<VerifierKey> removeOld() {
    readAgain();
    List<LogKey> old = keys.subList(0, Math.max(keys.size() - 1, 0));
    String checkpoint = store.state().checkpoint();
    if (!old.isEmpty()
        && (checkpoint == null
            || SignedNote.parse(checkpoint.getBytes(StandardCharsets.UTF_8))
                .verify(verifiers().subList(0, 1))
                .isEmpty())) {
      throw new IllegalStateException("the newest key has not signed a checkpoint yet");
    }
    Set<String> ids = new HashSet<>();
    old.forEach(key -> ids.add(key.row.id()));
    store.keys().delete(ids);
    readAgain();
    return old.stream().map(key -> key.verifier).toList();
  }

  /**
   * Replaces all keys by a new key, without decrypting the old keys, and signs the latest
   * checkpoint with the new key. Verifiers then need the new verifier key. Does nothing if the log
   * was never opened.
   *
   * <p>After each step, one of the stored keys has signed the stored checkpoint. If the process
   * ends between two steps, another call completes the withdrawal.
   *
   * @throws ForkedLogException if no stored key has signed the latest checkpoint; then no key has
   *     changed
   * @throws LogFormatException if the stored state of the log is damaged
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public static void withdrawAll(LogStore store, KeySeal seal, Clock clock, SecureRandom random) {
    String origin = store.state().origin();
    if (origin == null) {
      return;
    }
    LogKeys fresh = new LogKeys(store, seal, origin, clock, random);
    List<SealedKey> former;
    List<VerifierKey> known;
    SealedKey added;
    do {
      former = store.keys().all();
      added = fresh.generate(generationAfter(former));
      fresh.keys =
          List.of(
              new LogKey(added, verifier(origin, added), seal.openPrivateKey(added, ALGORITHM)));
      known = new ArrayList<>(fresh.verifiers());
      known.addAll(readable(origin, former));
      String note = store.state().checkpoint();
      if (note != null) {
        var unused = fresh.signedAgain(note, known); // refuses damage before any change
      }
    } while (!store.keys().add(added)); // another process has just added this generation
    boolean done = false;
    while (!done) {
      LogState state = store.state();
      String note = state.checkpoint();
      done = note == null || store.replaceCheckpoint(state, fresh.signedAgain(note, known));
    }
    store.keys().delete(former.stream().map(SealedKey::id).collect(Collectors.toSet()));
  }

  private static long generationAfter(List<SealedKey> rows) {
    return rows.isEmpty() ? 1 : rows.get(rows.size() - 1).generation() + 1;
  }

  /** Returns the verifier keys of stored keys. Omits rows whose public key cannot be read. */
  private static List<VerifierKey> readable(String origin, List<SealedKey> rows) {
    List<VerifierKey> readable = new ArrayList<>();
    for (SealedKey row : rows) {
      try {
        readable.add(verifier(origin, row));
      } catch (UnreadableKeyException e) {
        LOG.log(Level.WARNING, "{0}; the key was altered", e.getMessage());
      }
    }
    return readable;
  }

  /**
   * Verifies a checkpoint with known keys. Returns the checkpoint with new signatures, by the keys
   * of this object.
   */
  private String signedAgain(String note, List<VerifierKey> known) {
    try {
      SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
      return sign(Checkpoint.verified(signed, known).text()).toString();
    } catch (LogFormatException e) {
      throw new ForkedLogException("the stored checkpoint is damaged: " + e.getMessage(), e);
    }
  }

  private static VerifierKey verifier(String origin, SealedKey row) {
    return VerifierKey.of(origin, VerifierKey.Type.ED25519, KeySeal.publicKey(row, ALGORITHM));
  }

  /**
   * Adds a key with a generation number, and reads the keys again. Returns the key; null if another
   * process has already added a key with this number.
   */
  private synchronized @Nullable SealedKey addOrNull(long generation) {
    SealedKey row = generate(generation);
    boolean added = store.keys().add(row);
    if (added) {
      LOG.log(Level.INFO, "created a key of the transparency log: {0}", verifier(origin, row));
    }
    readAgain();
    return added ? row : null;
  }

  private SealedKey generate(long generation) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      VerifierKey verifier = VerifierKey.of(origin, VerifierKey.Type.ED25519, pair.getPublic());
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      SealedKey row =
          new SealedKey(
              verifier.id(),
              generation,
              Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
              "",
              now,
              now);
      return seal.sealPrivateKey(row, pair.getPrivate(), random);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java runtime cannot generate a key for Ed25519", e);
    }
  }

  /**
   * Reads the keys again, and logs which keys another process has added or removed. A key that was
   * read before stays in use if its new row cannot be decrypted.
   *
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public synchronized void refresh() {
    List<VerifierKey> before = verifiers();
    readAgain();
    List<VerifierKey> now = verifiers();
    logChanges(now, before, "added");
    logChanges(before, now, "removed");
  }

  private static void logChanges(List<VerifierKey> keys, List<VerifierKey> others, String change) {
    for (VerifierKey key : keys) {
      if (!others.contains(key)) {
        LOG.log(
            Level.WARNING,
            "another process has {0} a key of the transparency log: {1}",
            change,
            key);
      }
    }
  }

  private void readAgain() {
    List<LogKey> before = keys;
    List<LogKey> opened = new ArrayList<>();
    List<SealedKey> rows = store.keys().all();
    for (SealedKey row : rows) {
      before.stream()
          .filter(key -> key.row.equals(row))
          .findFirst()
          .ifPresentOrElse(opened::add, () -> open(row, before, opened));
    }
    unreadable.retainAll(rows);
    keys = List.copyOf(opened);
  }

  private void open(SealedKey row, List<LogKey> before, List<LogKey> opened) {
    try {
      opened.add(new LogKey(row, verifier(origin, row), seal.openPrivateKey(row, ALGORITHM)));
    } catch (UnreadableKeyException e) {
      before.stream()
          .filter(key -> key.row.withSealed("").equals(row.withSealed("")))
          .forEach(opened::add);
      if (unreadable.add(row)) {
        LOG.log(
            Level.ERROR,
            "transparency log: {0}; the key was altered, or it was encrypted with another"
                + " accessTokens.personal.encryptionKey",
            e.getMessage());
      }
    }
  }

  /** Returns the verifier keys, newest key first. */
  public List<VerifierKey> verifiers() {
    List<VerifierKey> verifiers = new ArrayList<>();
    keys.forEach(key -> verifiers.add(0, key.verifier));
    return List.copyOf(verifiers);
  }

  /**
   * Signs a text with all keys.
   *
   * @throws StoreUnavailableException if no key can be decrypted
   */
  SignedNote sign(String text) {
    List<NoteSignature> signatures = new ArrayList<>();
    for (LogKey key : keys) {
      signatures.add(0, SignedNote.sign(text, key.verifier, key.privateKey));
    }
    if (signatures.isEmpty()) {
      throw new StoreUnavailableException(
          "there is no key of the transparency log",
          new IllegalStateException("none of the keys in the store can be opened"));
    }
    return new SignedNote(text, signatures);
  }
}
