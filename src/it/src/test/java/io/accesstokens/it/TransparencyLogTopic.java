package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleProofs;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Tests the log as an auditor reads it: by the formats of its specifications. */
abstract class TransparencyLogTopic extends Topic {

  private static final String LOG = "/api/access-tokens/log/";
  private static final String PERSONAL = "/api/access-tokens/personal/";

  private List<VerifierKey> keys() {
    return bob.get(LOG + "key").expect(200).text().lines().map(VerifierKey::parse).toList();
  }

  private Checkpoint checkpoint() {
    ApiResult answer = bob.get(LOG + "checkpoint").expect(200);
    assertEquals("text/plain;charset=utf-8", answer.headerLine("Content-Type").replace(" ", ""));
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    return Checkpoint.verified(SignedNote.parse(answer.bytes()), keys());
  }

  private byte[] tile(Tile tile) {
    ApiResult answer = bob.get(LOG + tile.path()).expect(200);
    assertEquals("application/octet-stream", answer.headerLine("Content-Type"));
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    return answer.bytes();
  }

  private List<LogEntry> entries(long size) {
    TreeBuilder builder =
        TreeBuilder.empty((tile, hashes) -> assertArrayEquals(hashes, tile(tile)));
    List<LogEntry> entries = new ArrayList<>();
    for (long bundle = 0; bundle * Tile.FULL_WIDTH < size; bundle++) {
      Tile tile = Tile.of(Tile.ENTRIES, bundle, size);
      for (byte[] entry : EntryBundle.decode(tile(tile), tile)) {
        builder.add(MerkleHash.ofLeaf(entry));
        entries.add(LogEntry.parse(entry));
      }
    }
    builder.partialTiles().forEach((tile, hashes) -> assertArrayEquals(hashes, tile(tile)));
    return entries;
  }

  @Test
  void everyEventIsCoveredByACheckpointThatExtendsTheEarlierOnes() throws Exception {
    Checkpoint before = checkpoint();
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    TimeLimits.succeedsAfter(
        Duration.ofSeconds(10),
        "the events are in the log",
        () -> tokens.events(made.id()).stream().noneMatch(event -> event.isNull("logIndex")));
    List<JsonObject> events = tokens.events(made.id());
    assertEquals(2, events.size());
    for (JsonObject event : events) {
      assertTrue(event.getInt("logIndex") >= before.size(), "an event after the checkpoint before");
      // The checkpoint in a response can have been read a moment before the event was logged.
      TimeLimits.succeedsAfter(
          Duration.ofSeconds(10),
          "a checkpoint covers the event",
          () -> checkpoint().size() > event.getInt("logIndex"));
    }
    Checkpoint after = checkpoint();
    List<LogEntry> entries = entries(after.size());
    assertEquals(after.root(), new MerkleTree(this::tile, after.size()).root(), "root");
    assertTrue(
        MerkleProofs.isConsistent(
            new MerkleTree(this::tile, after.size()).consistencyProof(before.size()),
            before.size(),
            before.root(),
            after.size(),
            after.root()),
        "the log extends the earlier checkpoint");
    for (JsonObject event : events) {
      LogEntry entry = entries.get(event.getInt("logIndex"));
      assertEquals(event.getString("id"), entry.id());
      assertEquals(event.getString("tokenId"), entry.tokenId());
      assertEquals(event.getString("actor"), entry.actor());
      assertEquals(event.getString("event"), entry.event());
      assertEquals(event.getString("occurredAt"), entry.occurredAt());
      assertEquals("service", entry.kind());
      assertEquals(PLATFORM, entry.owner());
      event
          .getJsonObject("metadata")
          .keySet()
          .forEach(
              key ->
                  assertEquals(
                      event.getJsonObject("metadata").getString(key), entry.metadata().get(key)));
    }
  }

  @Test
  void proofOfAnEventIsSelfContained() {
    TestToken made = tokens.create();
    JsonObject event = tokens.loggedEvents(made.id()).get(0);
    String path = PATH + '/' + made.id() + "/audit/" + event.getString("id") + "/proof";
    ApiResult answer = bob.get(path).expect(200);
    InclusionProof proof = InclusionProof.parse(answer.bytes());
    assertTrue(proof.verify(keys()).size() > proof.index(), answer::text);
    assertEquals(event.getInt("logIndex"), proof.index());
    JsonObject entry = Json.createReader(new StringReader(proof.entry())).readObject();
    assertEquals(made.id(), entry.getString("tokenId"));
    dave.get(path).problem(403);
    anonymous.get(path).problem(401);
    TestToken other = tokens.create();
    bob.get(path.replace(made.id(), other.id())).problem(404);
    bob.get(path.replace(event.getString("id"), NO_ID)).problem(404);
    bob.get(path.replace(event.getString("id"), "x")).problem(404);
    bob.get(path.replace(made.id(), "x")).problem(404);
  }

  @Test
  void proofOfAPersonalEventIsOnlyForItsUserAndAdministrators() {
    TestToken made = new PersonalTokens(dave).create();
    String audit = PERSONAL + made.id() + "/audit";
    JsonObject event =
        await()
            .until(
                () -> dave.get(audit).ok().getJsonArray("events").getJsonObject(0),
                one -> !one.isNull("logIndex"));
    String path = audit + '/' + event.getString("id") + "/proof";
    InclusionProof proof = InclusionProof.parse(dave.get(path).expect(200).bytes());
    assertTrue(proof.verify(keys()).size() > 0, "verified");
    LogEntry entry = LogEntry.parse(proof.entry().getBytes(StandardCharsets.UTF_8));
    assertEquals("personal", entry.kind());
    assertEquals("user:default/dave", entry.owner());
    carol.get(path).problem(404);
    alice.get(path).problem(404);
    String ofAdministrators = path.replace("/personal/", "/user-tokens/");
    InclusionProof same = InclusionProof.parse(alice.get(ofAdministrators).expect(200).bytes());
    assertEquals(proof.entry(), same.entry());
    dave.get(ofAdministrators).problem(403);
    alice.get(ofAdministrators.replace(event.getString("id"), NO_ID)).problem(404);
    alice.get(ofAdministrators.replace(made.id(), NO_ID)).problem(404);
  }

  @Test
  void onlyAuditorsReadTheLog() {
    for (String path : List.of("checkpoint", "key", "tile/0/000.p/1", "tile/entries/000.p/1")) {
      anonymous.get(LOG + path).problem(401);
      carol.get(LOG + path).problem(403);
      dave.get(LOG + path).problem(403);
    }
    alice.get(LOG + "checkpoint").expect(200);
  }

  @Test
  void unknownAndMalformedTilesAreMissing() {
    for (String path :
        List.of(
            "tile",
            "tile/",
            "tile/0",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/x999/x999/999",
            "tile/0/x000/000",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/9/000",
            "tile/0/000/x",
            "tile/entries",
            "tile/entries/",
            "tile/entries/x999/999",
            "tile/entries/000.p/000",
            "tile/entries/" + "x999/".repeat(40) + "999",
            "tile/data/000",
            "x")) {
      bob.get(LOG + path).problem(404);
    }
  }

  @Test
  void entriesAreCompressedOnRequest() throws IOException {
    tokens.loggedEvents(tokens.create().id());
    String path = LOG + "tile/entries/000.p/1";
    ApiResult plain =
        bob.call("GET", path).header("Accept-Encoding", "identity").send().expect(200);
    assertEquals("", plain.headerLine("Content-Encoding"));
    ApiResult compressed =
        bob.call("GET", path).header("Accept-Encoding", "br, gzip;q=0.5").send().expect(200);
    assertEquals("gzip", compressed.headerLine("Content-Encoding"));
    assertEquals("no-store", compressed.headerLine("Cache-Control"));
    for (String varying : List.of("Accept-Encoding", "Origin")) {
      assertTrue(compressed.headerLine("Vary").contains(varying), compressed::toString);
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed.bytes()))) {
      assertArrayEquals(plain.bytes(), in.readAllBytes());
    }
    bob.call("GET", path).header("Accept", "application/octet-stream").send().expect(200);
  }
}
