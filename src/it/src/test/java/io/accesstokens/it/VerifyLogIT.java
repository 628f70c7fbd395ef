package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.witness.WitnessServer;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import jakarta.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the command verify-log on a service that runs, and on a database that was changed. */
class VerifyLogIT {

  private static final String LOG = "/api/access-tokens/log/";
  private static final String EXPORT = "/api/access-tokens/service/audit/export?format=";

  private static final String PUBLISHED =
      """
      accessTokens:
        auditLog:
          publishHashes: true
          hashReasons: true
          publication: {directory: '%s', intervalSeconds: 1}
          witnesses:
            - {url: '%s', key: '%s', allowedAddresses: [127.0.0.1]}
      """;

  @TempDir Path folder;

  @Test
  void changedRowsAreNamed() throws Exception {
    WitnessServer witness = new WitnessServer("witness.example/w1");
    WarProcess call =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .withConfig(
                PUBLISHED.formatted(
                    folder.resolve("checkpoints"), witness.url(), witness.verifierKey()));
    Path earlier = folder.resolve("checkpoint");
    Path csv = folder.resolve("audit.csv");
    Path json = folder.resolve("audit.ndjson");
    String key;
    String erased;
    List<JsonObject> events;
    try (RunningApplication application = RunningApplication.start(call)) {
      // No witness is asked before the first event.
      witness.trust(application.api().as("bob").get(LOG + "key").expect(200).text());
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      TestToken first = alice.create();
      alice.loggedEvents(first.id());
      Files.write(earlier, application.api().as("bob").get(LOG + "checkpoint").bytes());
      key = application.api().as("bob").get(LOG + "key").text().strip();
      TestToken second = alice.create();
      alice.revoke(second.id());
      changeAndRotate(application, first.id());
      TestToken third = alice.create();
      application
          .api()
          .as("alice")
          .delete(ServiceTokens.path(third.id()), "{\"reason\": \"-a;=b;'=c\"}")
          .expect(204);
      erased = alice.loggedEvents(third.id()).get(0).getString("id");
      entriesAreNotPublished(application);
      events = alice.loggedEvents(second.id());
      Api bob = application.api().as("bob");
      Files.write(csv, bob.get(EXPORT + "csv").bytes());
      Files.write(json, bob.get(EXPORT + "ndjson&tokenId=" + second.id()).bytes());
      Outcome outcome =
          WarProcess.inNewFolder()
              .with("verify-log")
              .with("--url", application.api().origin(), "--user", "bob")
              .with("--key", key, "--checkpoint", earlier.toString())
              .with("--export", csv.toString())
              .with("--export", json.toString(), "--query", "tokenId=" + second.id())
              .run("bob\n");
      assertEquals(0, outcome.exitCode(), outcome::toString);
      assertTrue(outcome.out().startsWith("verified: "), outcome::toString);
      assertFalse(outcome.out().contains("self-consistency"), outcome::toString);
      copy(bob);
      checkpointsAreCosignedAndPublished(application, key, witness);
      readsAreLogged(application, events.get(0));
    } finally {
      witness.close();
    }
    Outcome whole = call.command("verify-log").with("--database").run("");
    assertEquals(0, whole.exitCode(), whole::toString);
    assertTrue(whole.out().contains("self-consistency"), whole::toString);
    assertEquals(key, call.command("rotate-keys").with("--log", "--list").run("").out().strip());
    JsonObject fromFiles =
        CommandLineIT.json(
            call.command("verify-log")
                .with("--dir", folder.resolve("log").toString(), "--database", "--key", key)
                .with("--checkpoint", earlier.toString(), "--output", "json")
                .run(""),
            0);
    assertTrue(fromFiles.getBoolean("verified"), fromFiles::toString);
    assertTrue(fromFiles.getBoolean("independent"), fromFiles::toString);
    assertEquals(12, fromFiles.getInt("size"), fromFiles::toString);
    assertEquals(0, fromFiles.getJsonArray("problems").size(), fromFiles::toString);
    change(call, events, erased);
    Outcome compared =
        call.command("verify-log")
            .with("--dir", folder.resolve("log").toString(), "--database")
            .run("");
    assertEquals(1, compared.exitCode(), compared::toString);
    assertTrue(compared.out().contains(" was changed: actor"), compared::toString);
    Outcome files =
        WarProcess.inNewFolder()
            .with("verify-log", "--dir", folder.resolve("log").toString())
            .run("");
    assertEquals(0, files.exitCode(), files::toString);
    List<String> lines = new ArrayList<>(Files.readAllLines(csv));
    String cut = lines.remove(2);
    Files.write(csv, lines);
    Outcome outcome =
        call.command("verify-log").with("--database", "--export", csv.toString()).run("");
    assertEquals(1, outcome.exitCode(), outcome::toString);
    String revoked = events.get(0).getString("id");
    String created = events.get(1).getString("id");
    assertTrue(
        outcome.out().contains(revoked + " of service_access_token_audit_log was changed: actor"),
        outcome::toString);
    assertTrue(
        outcome.out().contains("deleted: entry 1: created of the token "), outcome::toString);
    assertTrue(outcome.out().contains("event " + created), outcome::toString);
    assertTrue(
        outcome.out().contains(" of service_access_tokens was changed: it is not revoked any more"),
        outcome::toString);
    assertTrue(outcome.out().contains("audit.csv: an event is missing: entry "), outcome::toString);
    assertTrue(outcome.out().contains("event " + cut.split(",", -1)[0]), outcome::toString);
    assertTrue(outcome.out().contains(erased + " of "), outcome::toString);
    assertTrue(outcome.out().contains(": the reason was erased (entry "), outcome::toString);
  }

  @Test
  void nothingIsMovedFromALogWithoutEvents() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    RunningApplication.start(call).close();
    Outcome outcome =
        call.command("archive-log")
            .with("--older-than-days", "400", "--out", folder.resolve("archive").toString())
            .run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().startsWith("No events are moved. "), outcome::toString);
    assertFalse(Files.exists(folder.resolve("archive")), "an archive was created");
  }

  @Test
  void archivedEventsAreVerifiedInTheirArchive() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    Outcome keys = call.command("migrate").run("");
    assertEquals(0, keys.exitCode(), keys::toString);
    keys = call.command("rotate-keys").run(""); // creates the encryption key
    assertEquals(0, keys.exitCode(), keys::toString);
    writeOldEvents(call);
    Path archive = folder.resolve("archive");
    Outcome young =
        call.command("archive-log").with("--older-than-days", "364", "--dry-run").run("");
    assertEquals(1, young.exitCode(), young::toString);
    assertTrue(young.err().contains("auditLog.minimumRetentionDays is 365"), young::toString);
    String[] old = {"--older-than-days", "365", "--output", "json"};
    Outcome plan = call.command("archive-log").with(old).with("--dry-run").run("");
    assertEquals(0, plan.exitCode(), plan::toString);
    assertTrue(plan.out().startsWith("{\"dryRun\":true,\"first\":0,\"end\":256,"), plan::toString);
    Outcome moved = call.command("archive-log").with(old).with("--out", archive.toString()).run("");
    assertEquals(0, moved.exitCode(), moved::toString);
    assertTrue(moved.out().contains("\"recordIndex\":300"), moved::toString);
    Outcome whole =
        call.command("verify-log").with("--database", "--archive", archive.toString()).run("");
    assertEquals(0, whole.exitCode(), whole::toString);
    assertTrue(whole.out().contains("they were verified in the archive"), whole::toString);
    try (RunningApplication application = RunningApplication.start(call)) {
      Api bob = application.api().as("bob");
      JsonObject status = bob.get(LOG + "status").ok();
      assertEquals(256, status.getInt("firstIndex"), status::toString);
      JsonObject problem = bob.get(LOG + "tile/entries/000").problem(404).json();
      assertTrue(problem.getString("error").contains("entries before 256"), problem::toString);
      bob.get(LOG + "tile/0/000").expect(200);
      bob.get(LOG + "tile/entries/001.p/45").expect(200);
      ApiResult list = bob.get("/api/access-tokens/service/audit").expect(200);
      assertEquals(
          status.getString("archivedUntil"), list.headerLine("X-Access-Token-Archived-Until"));
      Outcome outcome =
          WarProcess.inNewFolder()
              .with("verify-log", "--url", application.api().origin(), "--user", "bob")
              .run("bob\n");
      assertEquals(0, outcome.exitCode(), outcome::toString);
      assertTrue(outcome.out().contains("the entries 0 to 255 were archived"), outcome::toString);
    }
  }

  /** Writes a log of 300 events from the year 2020, as an installation of that time has it. */
  private static void writeOldEvents(WarProcess call) throws Exception {
    SecureRandom random = new SecureRandom();
    try (ConnectionPool pool = ConnectionPool.open(url(call), "sa", "", 2)) {
      Sql sql = new Sql(pool::getConnection);
      for (int i = 0; i < 300; i++) {
        sql.execute(
            ("insert into service_access_token_audit_log"
                    + " (id, token_id, event, actor, metadata, occurred_at) values ('%s', '%s',"
                    + " 'revoked', 'user:default/alice', '{}', timestamp '2020-01-01 12:00:00')")
                .formatted(new UUID(2, i), new UUID(1, i)));
      }
      try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
        KeySeal seal =
            KeySeal.parse(Files.readString(call.dataDirectory().resolve("signing-keys.secret")))
                .orElseThrow();
        String origin = store.log().setOriginIfAbsent("access-tokens");
        LogKeys keys = LogKeys.open(store.log(), seal, origin, Clock.systemUTC(), random);
        LogSequencer.of(store.log(), keys, origin).run();
      }
    }
  }

  /** Copies the files of the log, which has less than 256 entries. */
  private void copy(Api bob) throws Exception {
    byte[] note = bob.get(LOG + "checkpoint").expect(200).bytes();
    long size = Checkpoint.parse(SignedNote.parse(note).text()).size();
    Path copy = folder.resolve("log");
    Files.createDirectories(copy.resolve("tile/0/000.p"));
    Files.createDirectories(copy.resolve("tile/entries/000.p"));
    Files.write(copy.resolve("checkpoint"), note);
    for (String path : List.of("key", "tile/0/000.p/" + size, "tile/entries/000.p/" + size)) {
      Files.write(copy.resolve(path), bob.get(LOG + path).expect(200).bytes());
    }
  }

  private void checkpointsAreCosignedAndPublished(
      RunningApplication application, String key, WitnessServer witness) throws Exception {
    Api bob = application.api().as("bob");
    VerifierKey witnessKey = VerifierKey.parse(witness.verifierKey());
    SignedNote note =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> SignedNote.parse(bob.get(LOG + "checkpoint").bytes()),
                latest -> latest.cosignedAt(witnessKey).isPresent());
    Checkpoint checkpoint = Checkpoint.verified(note, List.of(VerifierKey.parse(key)));
    assertEquals(note.toString(), bob.get(LOG + "cosigned-checkpoint").expect(200).text());
    String cosigned = LOG + "cosigned-checkpoint?witness=";
    String encoded = URLEncoder.encode(witness.verifierKey(), StandardCharsets.UTF_8);
    assertEquals(note.toString(), bob.get(cosigned + encoded).expect(200).text());
    bob.get(cosigned + "unknown").problem(404);
    JsonObject status = bob.get(LOG + "status").ok();
    assertEquals(checkpoint.size(), status.getInt("size"), status::toString);
    JsonObject state = status.getJsonArray("witnesses").getJsonObject(0);
    assertEquals(checkpoint.size(), state.getInt("size"), status::toString);
    assertFalse(state.getBoolean("forked"), status::toString);
    application.api().as("dave").get(LOG + "status").problem(403);
    Path file =
        folder.resolve("checkpoints").resolve("checkpoint-%012d".formatted(checkpoint.size()));
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(file));
    assertEquals(checkpoint.text(), SignedNote.parse(Files.readAllBytes(file)).text());
    Outcome outcome = verify(application, key, witness.verifierKey());
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().contains("cosigned by witness.example/w1 at "), outcome::toString);
    assertFalse(outcome.out().contains("self-consistency"), outcome::toString);
    try (WitnessServer other = new WitnessServer("witness.example/w2")) {
      Outcome missing = verify(application, key, other.verifierKey());
      assertEquals(1, missing.exitCode(), missing::toString);
      assertTrue(
          missing.out().contains("the witness witness.example/w2 has not cosigned"),
          missing::toString);
    }
  }

  private static Outcome verify(RunningApplication application, String key, String witness)
      throws Exception {
    return WarProcess.inNewFolder()
        .with("verify-log")
        .with("--url", application.api().origin(), "--user", "bob")
        .with("--key", key, "--witness", witness)
        .run("bob\n");
  }

  /** Servers decode a path after they have chosen the resource. */
  private static void entriesAreNotPublished(RunningApplication application) {
    Api anonymous = application.api();
    Api dave = anonymous.as("dave");
    anonymous.get(LOG + "checkpoint").expect(200);
    ApiResult tile = anonymous.get(LOG + "tile/0/000.p/2").expect(200);
    assertEquals(64, tile.bytes().length, "bytes");
    assertEquals("public, max-age=31536000, immutable", tile.headerLine("Cache-Control"));
    ApiResult entries = anonymous.as("bob").get(LOG + "tile/entries/000.p/2").expect(200);
    assertEquals("no-store", entries.headerLine("Cache-Control"));
    anonymous.get(LOG + "tile/entries/000.p/2").problem(401);
    dave.get(LOG + "tile/entries/000.p/2").problem(403);
    for (String name : List.of("%65ntries", "entrie%73", "%65%6e%74%72%69%65%73")) {
      for (String path : List.of(LOG + "tile/" + name, LOG + "til%65/" + name)) {
        anonymous.get(path + "/000.p/2").problem(404);
        dave.get(path + "/000.p/2").problem(404);
      }
    }
  }

  /** Makes each kind of change, so that {@code verify-log} compares its row with its events. */
  private static void changeAndRotate(RunningApplication application, String id) {
    Api alice = application.api().as("alice");
    String path = ServiceTokens.path(id);
    alice
        .call("PATCH", path)
        .json("{\"requestsPerMinute\":7,\"allowedAddresses\":[\"127.0.0.1\"]}")
        .send()
        .expect(200);
    alice.post(path + "/rotate", "{\"gracePeriodSeconds\":600}").expect(200);
    alice.post(path + "/rotate", "{\"gracePeriodSeconds\":7200,\"expiresInDays\":3}").expect(200);
    // The previous secret must not end later than the token.
    String expiry = Instant.now().plusSeconds(3600).toString();
    alice
        .call("PATCH", path)
        .json(
            "{\"description\":\"b\",\"requestsPerMinute\":null,\"expiresAt\":\"%s\"}"
                .formatted(expiry))
        .send()
        .expect(200);
    Api dave = application.api().as("dave");
    String personal = "/api/access-tokens/personal";
    JsonObject minted =
        dave.post(personal, "{\"name\":\"a\",\"expiresInDays\":3}").expect(201).json();
    dave.delete(personal + '/' + minted.getJsonObject("token").getString("id"), "{}").expect(204);
  }

  /** The log names who has read which events. Other reads of the log need no line. */
  private static void readsAreLogged(RunningApplication application, JsonObject ofService)
      throws Exception {
    String api = "/api/access-tokens/";
    Api alice = application.api().as("alice");
    alice.get(api + "user-tokens/audit/export?format=csv").expect(200);
    JsonObject ofUser =
        alice
            .get(api + "user-tokens/audit")
            .expect(200)
            .json()
            .getJsonArray("events")
            .getJsonObject(0);
    String service = ofService.getString("tokenId");
    String personal = ofUser.getString("tokenId");
    alice.get(api + "user-tokens/" + personal + "/audit").expect(200);
    alice
        .get(api + "user-tokens/" + personal + "/audit/" + ofUser.getString("id") + "/proof")
        .expect(200);
    Api bob = application.api().as("bob");
    bob.get(api + "service/audit").expect(200);
    bob.get(api + "service/" + service + "/audit").expect(200);
    bob.get(api + "service/" + service + "/audit/" + ofService.getString("id") + "/proof")
        .expect(200);
    String unknown = UUID.randomUUID().toString();
    bob.get(api + "service/" + unknown + "/audit").problem(404);
    application.api().as("dave").get(api + "personal/" + personal + "/audit").expect(200);
    application.stop();
    List<String> reads =
        application
            .log()
            .lines()
            .filter(line -> line.startsWith("{\"event\":\"audit-log-read\","))
            .toList();
    for (String route :
        List.of("service/audit", "service/audit/export", "log/tile/entries/{bundle}")) {
      assertRead(reads, "bob", route, "");
    }
    for (String route : List.of("service/{id}/audit", "service/{id}/audit/{eventId}/proof")) {
      assertRead(reads, "bob", route, service);
    }
    for (String route : List.of("user-tokens/audit", "user-tokens/audit/export")) {
      assertRead(reads, "alice", route, "");
    }
    for (String route :
        List.of("user-tokens/{id}/audit", "user-tokens/{id}/audit/{eventId}/proof")) {
      assertRead(reads, "alice", route, personal);
    }
    for (String unlogged : List.of(unknown, "/personal/", "/log/checkpoint", "user:default/dave")) {
      assertTrue(reads.stream().noneMatch(line -> line.contains(unlogged)), unlogged);
    }
  }

  private static void assertRead(List<String> reads, String actor, String route, String token) {
    String expected =
        "\"actor\":\"user:default/%s\",\"route\":\"/api/access-tokens/%s\",%s\"clientAddress\""
            .formatted(actor, route, token.isEmpty() ? "" : "\"tokenId\":\"" + token + "\",");
    assertTrue(reads.stream().anyMatch(line -> line.contains(expected)), expected);
  }

  private static void change(WarProcess call, List<JsonObject> events, String erased)
      throws Exception {
    try (Connection connection = DriverManager.getConnection(url(call), "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "update service_access_token_audit_log set actor = 'user:default/eve' where id = '"
              + events.get(0).getString("id")
              + "'");
      statement.execute(
          "delete from service_access_token_audit_log where id = '"
              + events.get(1).getString("id")
              + "'");
      statement.execute(
          "update service_access_token_audit_log set metadata = '{}' where id = '" + erased + "'");
      statement.execute(
          "update service_access_tokens set revoked_at = null where id = '"
              + events.get(0).getString("tokenId")
              + "'");
    }
  }

  private static String url(WarProcess call) {
    return "jdbc:h2:file:"
        + call.dataDirectory().toAbsolutePath().resolve("access-tokens")
        + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";
  }
}
