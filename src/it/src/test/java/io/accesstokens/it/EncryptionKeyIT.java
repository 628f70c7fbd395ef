package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.transparency.LogKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Tests the documented phases in which a new encryption key replaces the former one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncryptionKeyIT {

  private static final Duration DOCUMENTED_WAIT = Duration.ofHours(1);

  private final SecureRandom random = new SecureRandom();
  private final KeySeal former = KeySeal.random(random);
  private final KeySeal fresh = KeySeal.random(random);
  private final ManualClock clock = new ManualClock();
  private ConnectionPool pool;
  private HibernateTokenStore store;
  private String origin;

  @BeforeAll
  void open() {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    pool = ConnectionPool.open(database.url(), database.user(), database.password(), 2);
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool);
    origin = store.log().setOriginIfAbsent("access-tokens");
  }

  @AfterAll
  void close() {
    store.close();
    pool.close();
  }

  /** Returns the keys of a replica in each phase of the documented table. */
  private List<KeySeal> phases() throws Exception {
    Map<String, KeySeal> keys = Map.of("former key", former, "new key", fresh);
    List<KeySeal> phases = new ArrayList<>();
    String page = Files.readString(Path.of("src/docs/secrets-and-certificates.md"));
    int begin = page.indexOf("<!-- encryption key: ");
    assertTrue(begin >= 0, "the page has no table of phases");
    for (String row : page.substring(begin, page.indexOf("\n\n", begin)).lines().skip(3).toList()) {
      String[] cells = row.split("\\|", -1);
      KeySeal key = key(keys, cells[2]);
      phases.add(cells[3].isBlank() ? key : key.withPrevious(key(keys, cells[3])));
    }
    return phases;
  }

  private static KeySeal key(Map<String, KeySeal> keys, String cell) {
    return Objects.requireNonNull(keys.get(cell.strip()), cell);
  }

  /** Starts a replica, and returns the verifier keys of its transparency log. */
  private List<VerifierKey> start(KeySeal keys) {
    SigningKeys signing = signing(keys);
    assertEquals(
        store.signingKeys().all().size(), signing.published().size(), "readable signing keys");
    return LogKeys.open(store.log(), keys, origin, clock, random).verifiers();
  }

  private SigningKeys signing(KeySeal keys) {
    return SigningKeys.open(store.signingKeys(), keys, Duration.ofDays(90), clock, random);
  }

  @Test
  void replicasOfTwoConsecutivePhasesCanRestartInAnyOrder() throws Exception {
    List<KeySeal> phases = phases();
    assertEquals(4, phases.size(), "phases");
    List<VerifierKey> log = start(phases.get(0));
    for (int i = 1; i < phases.size(); i++) {
      KeySeal earlier = phases.get(i - 1);
      KeySeal later = phases.get(i);
      if (i == 3) {
        signing(earlier).rotate(SigningKeys.LEAD);
        clock.shift(DOCUMENTED_WAIT);
        signing(earlier).maintain();
      }
      for (KeySeal restarted : List.of(later, earlier, later, earlier, later)) {
        assertEquals(log, start(restarted), "verifier keys in phase " + i);
        String rotated = signing(restarted).rotate(Duration.ZERO);
        assertEquals(rotated, signing(earlier).current().id(), "signing key in phase " + i);
        assertEquals(rotated, signing(later).current().id(), "signing key in phase " + i);
      }
    }
    assertThrows(UnreadableKeyException.class, () -> start(former), "without the new key");
  }
}
