package io.accesstokens.login.password;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.testing.RecordedLog;
import jakarta.security.enterprise.credential.BasicAuthenticationCredential;
import jakarta.security.enterprise.credential.CallerOnlyCredential;
import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileIdentityStoreTest {

  private static final Duration TIMEOUT = Duration.ofMillis(300);

  /** The parent of the loggers of the cache. */
  private static final String CAFFEINE = AsyncCache.class.getPackageName();

  /** A timeout that a busy machine does not exceed. */
  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir Path folder;
  private Path path;
  private Instant now = Instant.now();
  private final AtomicLong nanos = new AtomicLong();
  private final List<Thread> running = new CopyOnWriteArrayList<>();
  private final AtomicInteger arrived = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work);
            running.add(thread);
            return thread;
          });

  /** The password of each stored hash. This map replaces PBKDF2. */
  private final Map<String, String> passwords = new ConcurrentHashMap<>();

  private final AtomicInteger hashes = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger maxConcurrent = new AtomicInteger();

  /** Each hash takes one permit. A test that blocks all hashes takes all permits. */
  private final Semaphore pace = new Semaphore(1_000_000);

  private UsersFileIdentityStore store = storeOf(Fixtures.sample());

  @BeforeEach
  void writeUsersFile() throws IOException {
    path = folder.resolve("people.yaml");
    write("erin", "user:default/erin", hashOf("secret"));
    store = storeOf(UsersFile.at(path, () -> now));
  }

  @AfterEach
  void stop() throws InterruptedException {
    pace.release(1_000_000);
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(60, SECONDS), "the threads end");
  }

  private UsersFileIdentityStore storeOf(UsersFile usersFile) {
    return new UsersFileIdentityStore(
        usersFile,
        this::hash,
        nanos::get,
        new Bulkhead(1, 4, TIMEOUT),
        new Bulkhead(1, 4, TIMEOUT),
        LONG);
  }

  private boolean hash(PasswordHash stored, PreparedPassword password) {
    hashes.incrementAndGet();
    maxConcurrent.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    pace.acquireUninterruptibly();
    atOnce.decrementAndGet();
    return String.valueOf(password.characters()).equals(passwords.get(stored.text()));
  }

  private String hashOf(String password) {
    String text = Fixtures.decoyText();
    passwords.put(text, password);
    return text;
  }

  private void write(String username, String ref, String hash) throws IOException {
    Files.writeString(
        path,
        "people: [{username: %s, userEntityRef: %s, password: %s}]".formatted(username, ref, hash));
    Files.setLastModifiedTime(path, FileTime.from(now.minusSeconds(1)));
  }

  private String signIn(String username, String password) {
    var result = store.validate(new UsernamePasswordCredential(username, password));
    return result.getStatus() == Status.VALID
        ? result.getCallerPrincipal().getName()
        : result.getStatus().name();
  }

  private List<Future<String>> signInTogether(int times, String name, String password) {
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.add(
          threads.submit(
              () -> {
                arrived.incrementAndGet();
                return signIn(name, password);
              }));
    }
    return all;
  }

  /** Returns true if the thread waits for a hash, or has ended its last sign-in. */
  private boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  @Test
  void sampleUsersSignInWithRealHashes() {
    store = new UsersFileIdentityStore(Fixtures.sample());
    assertEquals("user:default/alice", signIn("alice", "alice"));
    assertEquals("INVALID", signIn("alice", "bob"));
    assertEquals("INVALID", signIn("unknown", "alice"));
    String basic =
        Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Status.VALID, store.validate(new BasicAuthenticationCredential(basic)).getStatus());
    assertEquals(
        Status.NOT_VALIDATED, store.validate(new CallerOnlyCredential("alice")).getStatus());
  }

  @Test
  void accountStatusChangesWithTheHashAndTheRef() throws IOException {
    UsersFile users = UsersFile.at(path, () -> now);
    String before = users.accountStatus("erin").orElseThrow();
    String hash = hashOf("other");
    rewrite("user:default/erin", hash);
    String otherHash = users.accountStatus("erin").orElseThrow();
    assertNotEquals(before, otherHash);
    rewrite("user:default/other", hash);
    assertNotEquals(otherHash, users.accountStatus("erin").orElseThrow());
  }

  /** Writes the file at a later time, so that the file is read again. */
  private void rewrite(String ref, String hash) throws IOException {
    now = now.plusSeconds(10);
    write("erin", ref, hash);
  }

  @Test
  void unknownNameCostsOneHash() {
    assertEquals("INVALID", signIn("unknown", "secret"));
    assertEquals(1, hashes.get());
    assertEquals("INVALID", signIn("Erin", "secret"));
    assertEquals(2, hashes.get());
    assertEquals("INVALID", signIn("erin", "Secret"));
    assertEquals(3, hashes.get());
  }

  @Test
  void onlyCorrectCredentialsAreCachedForTenMinutes() {
    for (int i = 0; i < 10; i++) {
      assertEquals("user:default/erin", signIn("erin", "secret"));
    }
    nanos.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
    assertEquals("user:default/erin", signIn("erin", "secret"));
    assertEquals(1, hashes.get());
    nanos.addAndGet(1);
    assertEquals("user:default/erin", signIn("erin", "secret"));
    assertEquals(2, hashes.get());
    signIn("erin", "wrong");
    signIn("erin", "wrong");
    assertEquals(4, hashes.get());
  }

  @Test
  void changedFileAppliesAtOnce() throws IOException {
    assertEquals("user:default/erin", signIn("erin", "secret"));
    now = now.plusSeconds(10);
    write("erin", "user:default/erin", hashOf("other"));
    assertEquals("INVALID", signIn("erin", "secret"));
    assertEquals("user:default/erin", signIn("erin", "other"));
    now = now.plusSeconds(10);
    write("fred", "user:default/fred", hashOf("other"));
    assertEquals("INVALID", signIn("erin", "other"));
  }

  @Test
  void concurrentChecksOfOneCredentialShareOneHash() throws Exception {
    for (String password : List.of("secret", "wrong")) {
      hashes.set(0);
      arrived.set(0);
      pace.drainPermits();
      List<Future<String>> all = signInTogether(30, "erin", password);
      await().until(() -> arrived.get() == 30 && running.stream().allMatch(this::waits));
      assertEquals(1, hashes.get(), password);
      pace.release(1_000_000);
      String expected = password.equals("secret") ? "user:default/erin" : "INVALID";
      for (Future<String> one : all) {
        assertEquals(expected, one.get(60, SECONDS));
      }
      assertEquals(1, hashes.get(), password);
    }
  }

  @Test
  void floodOfWrongPasswordsDoesNotBlockRecentUsers() throws Exception {
    assertEquals("user:default/erin", signIn("erin", "secret"));
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    pace.drainPermits();
    List<Future<String>> flood = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      flood.addAll(signInTogether(1, "erin", "wrong" + i));
    }
    // One is being hashed, four wait until they time out, all others are rejected at once.
    await().until(() -> flood.stream().filter(Future::isDone).count() == 39);
    for (Future<String> one : flood) {
      if (one.isDone()) {
        Exception e = assertThrows(ExecutionException.class, one::get);
        assertTrue(
            e.getCause() instanceof SignInUnavailableException, String.valueOf(e.getCause()));
      }
    }
    assertEquals(1, maxConcurrent.get());
    // The bulkhead for known credentials has a free slot. The one for new credentials is still
    // full.
    Future<String> recentUser = signInTogether(1, "erin", "secret").get(0);
    await().until(() -> atOnce.get() == 2);
    pace.release(1_000_000);
    assertEquals("user:default/erin", recentUser.get(60, SECONDS));
    await().until(() -> flood.stream().allMatch(Future::isDone));
    assertEquals("INVALID", signIn("erin", "wrong0"));
  }

  @Test
  void callersSharingARejectedCheckFailWithoutALogLine() throws Exception {
    try (RecordedLog log = new RecordedLog(CAFFEINE)) {
      pace.drainPermits();
      List<Future<String>> first = signInTogether(1, "erin", "wrong");
      await().until(() -> hashes.get() == 1);
      for (Future<String> one : signInTogether(5, "erin", "secret")) {
        Exception e = assertThrows(ExecutionException.class, () -> one.get(60, SECONDS));
        assertTrue(
            e.getCause() instanceof SignInUnavailableException, String.valueOf(e.getCause()));
      }
      pace.release(1_000_000);
      assertEquals("INVALID", first.get(0).get(60, SECONDS));
      assertEquals("user:default/erin", signIn("erin", "secret"));
      assertEquals(List.of(), log.lines());
    }
  }

  /** Each name gives another credential. Therefore no two verifications share a hash or a limit. */
  @Test
  void twoHundredNamesFromOneAddressDelayAnotherAddressByTwoChecks() throws Exception {
    store =
        new UsersFileIdentityStore(
            UsersFile.at(path, () -> now),
            this::hash,
            nanos::get,
            new Bulkhead(1, 4, LONG),
            new Bulkhead(1, 4, LONG),
            LONG);
    pace.drainPermits();
    List<Future<String>> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String name = "unknown" + i;
      flood.add(threads.submit(() -> signIn(name, "guess", "192.0.2.66")));
    }
    await().until(() -> flood.stream().filter(Future::isDone).count() == 200 - 5);
    Future<String> erin = threads.submit(() -> signIn("erin", "secret", "192.0.2.7"));
    await().until(() -> flood.stream().filter(Future::isDone).count() == 200 - 4);
    pace.release(3); // the running verification, one of the flood, and erin's
    assertEquals("user:default/erin", erin.get(60, SECONDS));
    assertEquals(1, maxConcurrent.get());
  }

  @Test
  void waitsForOneNewCredentialAreLimitedForEachAddress() throws Exception {
    pace.drainPermits();
    List<Future<String>> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(threads.submit(() -> signIn("unknown", "guess", "192.0.2.66")));
    }
    // One is being hashed, 32 wait for its result, all others are rejected at once.
    await().until(() -> flood.stream().filter(Future::isDone).count() == 200 - 33);
    List<Future<String>> waiting = flood.stream().filter(one -> !one.isDone()).toList();
    for (Future<String> one : flood.stream().filter(Future::isDone).toList()) {
      Exception e = assertThrows(ExecutionException.class, one::get);
      assertInstanceOf(SignInUnavailableException.class, e.getCause());
    }
    AtomicReference<Thread> otherThread = new AtomicReference<>();
    Future<String> other =
        threads.submit(
            () -> {
              otherThread.set(Thread.currentThread());
              return signIn("unknown", "guess", "192.0.2.7");
            });
    await().until(() -> otherThread.get() != null && waits(otherThread.get()));
    assertFalse(other.isDone(), "the other address waits for the same hash");
    pace.release(1_000_000);
    assertEquals("INVALID", other.get(60, SECONDS));
    assertEquals(1, hashes.get());
    for (Future<String> one : waiting) {
      assertEquals("INVALID", one.get(60, SECONDS));
    }
  }

  @Test
  void manyClientsCanShareACredentialThatWasValidBefore() throws Exception {
    assertEquals("user:default/erin", signIn("erin", "secret", "192.0.2.7"));
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    pace.drainPermits();
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(threads.submit(() -> signIn("erin", "secret", "192.0.2.7")));
    }
    await().until(() -> hashes.get() == 2 && running.stream().allMatch(this::waits));
    pace.release(1_000_000);
    for (Future<String> one : all) {
      assertEquals("user:default/erin", one.get(60, SECONDS));
    }
    assertEquals(2, hashes.get());
  }

  private String signIn(String username, String password, String address) {
    var result =
        store.validate(new RequestCredential(username, new Password(password), null, address));
    return result.getStatus() == Status.VALID
        ? result.getCallerPrincipal().getName()
        : result.getStatus().name();
  }

  @Test
  void invalidPasswordCostsNoHash() {
    for (String password : List.of("", "a\0b", "\n")) {
      assertEquals("INVALID", signIn("erin", password));
    }
    assertEquals(0, hashes.get());
  }

  @Test
  void credentialKeysSeparateNameAndPassword() {
    CredentialKeys keys = new CredentialKeys(new java.security.SecureRandom());
    PreparedPassword bc = PreparedPassword.of("bc".toCharArray()).orElseThrow();
    PreparedPassword c = PreparedPassword.of("c".toCharArray()).orElseThrow();
    assertEquals(keys.of("a", bc, "x"), keys.of("a", bc, "x"));
    assertNotEquals(keys.of("a", bc, "x"), keys.of("ab", c, "x"));
    assertNotEquals(keys.of("a", bc, "x"), keys.of("a", bc, "y"));
    assertEquals(keys.choice("unknown", 7), keys.choice("unknown", 7));
    CredentialKeys others = new CredentialKeys(new java.security.SecureRandom());
    assertNotEquals(keys.of("a", bc, "x"), others.of("a", bc, "x"), "each has its own secret");
  }
}
