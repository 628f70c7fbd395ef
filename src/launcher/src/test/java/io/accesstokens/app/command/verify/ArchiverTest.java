package io.accesstokens.app.command.verify;

import static io.accesstokens.app.command.verify.LogFixture.PERSONAL;
import static io.accesstokens.app.command.verify.LogFixture.SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.StartupException;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.transparency.EventsArchivedException;
import io.accesstokens.transparency.ForkedLogException;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.Cosignatures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Moves events of a log of 600 events to archives. */
class ArchiverTest {

  private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");

  /** The record of an archive has the current time, and can be archived later. */
  private static final Instant LATER = Instant.parse("9000-01-01T00:00:00Z");

  @TempDir Path folder;

  private final LogFixture opened = new LogFixture();
  private final Sql sql = opened.sql;
  private final JdbcLogStore log = opened.log;
  private final LogKeys keys = opened.keys;
  private final String origin = opened.origin;
  private final DatabaseLog files = new DatabaseLog(opened.store, () -> {});
  private final StringWriter err = new StringWriter();
  private final Progress progress = new Progress(new PrintWriter(err), true, 100);
  private final List<String> notices = new ArrayList<>();
  private Path target;
  private @Nullable Checkpoint published;

  @BeforeEach
  void writeLog() throws SQLException {
    target = folder.resolve("archive");
    append(0, 600);
  }

  @AfterEach
  void close() {
    opened.close();
  }

  /** Writes events with the given numbers, one in each second, and appends them to the log. */
  private void append(int first, int end) throws SQLException {
    String insert =
        "insert into %s (id, token_id, event, actor, metadata, occurred_at)"
            + " values (?, ?, 'revoked', 'user:default/alice', ?, ?)";
    try (Connection connection = opened.pool.getConnection();
        PreparedStatement service = connection.prepareStatement(insert.formatted(SERVICE));
        PreparedStatement personal = connection.prepareStatement(insert.formatted(PERSONAL))) {
      for (int i = first; i < end; i++) {
        PreparedStatement statement = i % 2 == 0 ? service : personal;
        statement.setString(1, id(i));
        statement.setString(2, new UUID(1, i).toString());
        statement.setString(3, i % 100 == 0 ? "{\"reason\":\"reason " + i + "\"}" : "{}");
        statement.setObject(4, LocalDateTime.ofInstant(time(i), ZoneOffset.UTC));
        statement.executeUpdate();
      }
    }
    LogSequencer.of(log, keys, origin, event -> event.withReasonSalt(opened.random)).run();
  }

  private static String id(int number) {
    return new UUID(2, number).toString();
  }

  private static Instant time(int number) {
    return START.plusSeconds(number);
  }

  private LogArchive move() {
    return move(target, step -> {});
  }

  private LogArchive move(Path directory, Consumer<Archiver.Step> observer) {
    Archiver archiver = new Archiver(files, keys, published, observer, progress);
    return archiver.move(archiver.plan(LATER, Map.of(), directory), directory, "root");
  }

  private List<String> problems(Path... archives) {
    LogVerifier verifier = new LogVerifier(files, files.checkpoint(), keys.verifiers());
    verifier.useArchives(DirectoryLog.ofArchives(List.of(archives)));
    VerifyLogCommand.verifyEntries(files, verifier, List.of(), progress);
    notices.clear();
    notices.addAll(verifier.notices());
    return verifier.problems();
  }

  /** Runs verify-log, and returns its output after its exit code. */
  private static String verifyLog(String... arguments) {
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new VerifyLogCommand())
            .setOut(new PrintWriter(out))
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  out.append(String.valueOf(e.getMessage()));
                  return 1;
                })
            .execute(arguments);
    return exit + " " + out;
  }

  @Test
  void archivedEventsAreInTheArchiveOnly() throws Exception {
    LogArchive archive = move();
    assertEquals(0, archive.first());
    assertEquals(512, archive.end());
    assertEquals(time(511), archive.newest());
    assertEquals(600, archive.logIndex());
    assertEquals(44, sql.count(SERVICE), SERVICE);
    assertEquals(44, sql.count(PERSONAL), PERSONAL);
    assertEquals(89, sql.count("access_token_log_entries"), "with the record");
    assertEquals(List.of(), problems());
    assertEquals(
        List.of(
            "the entry 600 records that the entries 0 to 511 were archived; their content was not"
                + " verified, because their archive was not given"),
        notices);
    assertEquals(List.of(), problems(target));
    assertTrue(notices.get(0).endsWith("they were verified in the archive"), notices::toString);
    String output = verifyLog("--dir", target.toString());
    assertTrue(output.startsWith("0 verified: example.com/log with 512 entries"), output);
    List<String> metadata = Files.readAllLines(target.resolve(ArchiveWriter.METADATA));
    assertEquals(6, metadata.size(), metadata::toString);
    assertTrue(
        metadata.get(1).startsWith("{\"id\":\"" + id(100) + "\",\"logIndex\":100,\"metadata\":{"),
        metadata::toString);
    assertTrue(metadata.get(1).contains("\"reason\":\"reason 100\""), metadata::toString);
    try (var left = Files.list(folder)) {
      assertEquals(List.of(target), left.toList());
    }
  }

  @Test
  void eachLongStepIsShown() {
    move();
    progress.close();
    String shown = err.toString();
    for (String step :
        List.of(
            "reading the times of the entries: 512 of 600 entries",
            "verifying the entries: 512 of 600 entries",
            "comparing the tokens with their events",
            "writing the archive: 512 of 512 entries",
            "removing the archived events: 512 of 512 entries")) {
      assertTrue(shown.contains(step), shown);
    }
  }

  @Test
  void reasonWhyAFileCannotBeReadIsReported() throws Exception {
    move();
    Path earlier = folder.resolve("earlier");
    assertEquals(
        "1 the file " + earlier + " does not exist",
        verifyLog("--dir", target.toString(), "--checkpoint", earlier.toString()));
    Path checkpoint = target.resolve("checkpoint");
    Files.delete(checkpoint);
    Files.createSymbolicLink(checkpoint, checkpoint); // even root cannot read it
    String output = verifyLog("--dir", target.toString());
    assertTrue(output.startsWith("1 the log cannot be read: the file " + checkpoint + " "), output);
    assertTrue(output.contains("symbolic links"), output);
  }

  @Test
  void severalArchivesContinueEachOther() throws Exception {
    LogArchive first = move();
    append(600, 1_200);
    Path second = folder.resolve("2020/later/second");
    LogArchive archive = move(second, step -> {});
    assertEquals(first.end(), archive.first());
    assertEquals(1_024, archive.end());
    assertEquals(List.of(), problems());
    String output = verifyLog("--dir", second.toString());
    assertTrue(output.startsWith("0 verified: "), output);
    assertTrue(
        output.contains("the entry 600 records that the entries 0 to 511 were archived"), output);
    output = verifyLog("--dir", second.toString(), "--archive", target.toString());
    assertTrue(output.startsWith("0 verified: "), output);
    assertFalse(output.contains("not verified"), output);
    assertEquals(List.of(), problems(target, second));
    Path hashes = second.resolve(new Tile(0, 0, Tile.FULL_WIDTH).path());
    byte[] content = Files.readAllBytes(hashes);
    Files.delete(hashes);
    output = verifyLog("--dir", second.toString());
    assertTrue(output.startsWith("1 the file "), output);
    assertTrue(output.contains("so the entries from 0 are not verified"), output);
    Files.write(hashes, content);
    Files.writeString(second.resolve(DirectoryLog.EARLIER_ARCHIVE), "x");
    output = verifyLog("--dir", second.toString());
    assertTrue(output.startsWith("1 the record of the earlier archive cannot be verified"), output);
  }

  @Test
  void killedRunIsContinued() throws Exception {
    for (Archiver.Step step : Archiver.Step.values()) {
      Path directory = folder.resolve(step.name());
      Consumer<Archiver.Step> kill =
          reached -> {
            if (reached == step) {
              throw new IllegalStateException("killed");
            }
          };
      long before = log.state().size();
      int events = (int) (sql.count(SERVICE) + sql.count(PERSONAL));
      assertThrows(IllegalStateException.class, () -> move(directory, kill), step::name);
      assertEquals(List.of(), problems(), step::name);
      move(directory, reached -> {});
      assertEquals(List.of(), problems(directory), step::name);
      assertEquals(before + 1, log.state().size(), step + ": one record");
      long end = log.archives().orElseThrow().latest().orElseThrow().end();
      assertTrue(sql.count(SERVICE) + sql.count(PERSONAL) < events, step + ": events were removed");
      assertFalse(log.archives().orElseThrow().hasEventsBefore(end), step::name);
      int next = (int) before * 10;
      append(next, next + 520);
    }
  }

  @Test
  void removalOnlyContinuesWithTheRecordedArchive() throws Exception {
    assertThrows(
        IllegalStateException.class,
        () ->
            move(
                target,
                step -> {
                  if (step == Archiver.Step.RECORDED) {
                    throw new IllegalStateException("killed");
                  }
                }));
    assertEquals(
        "the entries 0 to 511 were archived, but not all were removed yet: give the directory of"
            + " their archive as --out",
        assertThrows(StartupException.class, () -> move(folder.resolve("other"), step -> {}))
            .getMessage());
    Path bundle = target.resolve(new Tile(Tile.ENTRIES, 1, Tile.FULL_WIDTH).path());
    byte[] content = Files.readAllBytes(bundle);
    Files.write(bundle, new byte[content.length]);
    assertThrows(StartupException.class, this::move);
    assertEquals(600, sql.count(SERVICE) + sql.count(PERSONAL), "nothing was removed");
    Files.write(bundle, content);
    assertEquals(512, move().end());
  }

  @Test
  void rowsThatWereDeletedWithoutAnArchiveAreFound() throws Exception {
    for (String table : List.of(SERVICE, PERSONAL, "access_token_log_entries")) {
      sql.execute("delete from " + table + " where log_index < 256");
    }
    List<String> problems = problems();
    assertTrue(problems.get(0).startsWith("access_token_log_entries has no rows"), "" + problems);
    sql.execute(
        "insert into access_token_log_archives (end_index, first_index, record_index)"
            + " values (256, 0, 599)");
    List<String> pretended = problems();
    assertTrue(pretended.containsAll(problems), pretended::toString);
    assertTrue(
        pretended.contains(
            "access_token_log_archives was changed: its latest archive ends at the entry 256, but"
                + " the latest one that the log records ends at 0"),
        pretended::toString);
    LogSequencer sequencer = LogSequencer.of(log, keys, origin);
    assertThrows(ForkedLogException.class, sequencer::archive);
    TransparencyLog reader = new TransparencyLog(log, keys, false, Cosignatures.NONE);
    Tile tile = new Tile(Tile.ENTRIES, 0, Tile.FULL_WIDTH);
    assertThrows(IllegalStateException.class, () -> reader.content(tile));
  }

  /** Moves events until the archive has its name, and stops before the log records it. */
  private void moveUntilRenamed() {
    assertThrows(
        IllegalStateException.class,
        () ->
            move(
                target,
                step -> {
                  if (step == Archiver.Step.RENAMED) {
                    throw new IllegalStateException("killed");
                  }
                }));
  }

  /** Replaces the log by one with 600 other events and the same keys. */
  private void replaceHistory() throws SQLException {
    for (String table :
        List.of(SERVICE, PERSONAL, "access_token_log_entries", "access_token_log_tiles")) {
      sql.execute("delete from " + table);
    }
    sql.execute("update access_token_log set tree_size = 0, note = null");
    append(1_000, 1_600);
  }

  @Test
  void archiveOfAnotherHistoryOfTheLogIsRefused() throws Exception {
    moveUntilRenamed();
    replaceHistory();
    StartupException refused = assertThrows(StartupException.class, this::move);
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith(target + " has other entries than the database"),
        refused::toString);
    assertEquals(600, sql.count(SERVICE) + sql.count(PERSONAL), "nothing was removed");
    assertEquals(600, log.state().size(), "no record");
  }

  @Test
  void logThatDoesNotExtendThePublishedCheckpointIsNotArchived() throws Exception {
    published = new Checkpoint(origin, 400, MerkleHash.ofLeaf(new byte[0]));
    assertThrows(ForkedLogException.class, this::move);
    assertEquals(600, sql.count(SERVICE) + sql.count(PERSONAL), "nothing was removed");
    assertEquals(600, log.state().size(), "no record");
    published = Checkpoint.parse(SignedNote.parse(files.checkpoint()).text());
    assertEquals(512, move().end());
  }

  /** Writes the files of the whole log to a directory. */
  private Path copy() throws Exception {
    Path copy = folder.resolve("copy");
    long size = log.state().size();
    for (int level = 0; size >> (8 * level) > 0; level++) {
      for (long index = 0; index * Tile.FULL_WIDTH < size >> (8 * level); index++) {
        Tile tile = Tile.of(level, index, size);
        put(copy.resolve(tile.path()), log.tiles().read(tile));
        if (level == 0) {
          Tile entries = Tile.of(Tile.ENTRIES, index, size);
          put(copy.resolve(entries.path()), files.read(entries));
        }
      }
    }
    put(copy.resolve("checkpoint"), files.checkpoint());
    return copy;
  }

  private List<String> problemsOf(Path copy) {
    DirectoryLog directory = new DirectoryLog(copy, files);
    LogVerifier verifier = new LogVerifier(directory, directory.checkpoint(), keys.verifiers());
    VerifyLogCommand.verifyEntries(directory, verifier, List.of(), progress);
    notices.clear();
    notices.addAll(verifier.notices());
    return verifier.problems();
  }

  @Test
  void completeCopyIsComparedWithTheRowsThatWereNotArchived() throws Exception {
    Path copy = copy();
    move();
    assertEquals(List.of(), problemsOf(copy));
    assertEquals(
        List.of(
            "512 entries were not compared with rows, because the entry 600 records that they were"
                + " archived"),
        notices);
    sql.execute("delete from " + SERVICE + " where id = '" + id(520) + "'");
    List<String> problems = problemsOf(copy);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).endsWith("event " + id(520)), problems::toString);
  }

  @Test
  void archiveOfAnotherHistoryDoesNotHideDeletedRowsFromACopy() throws Exception {
    Path copy = copy();
    replaceHistory();
    move();
    List<String> problems = problemsOf(copy);
    assertEquals("the entry 0 was deleted from access_token_log_entries", problems.get(0));
    assertTrue(
        problems.get(1).startsWith("the row of an entry was deleted: entry 0: "),
        problems::toString);
  }

  @Test
  void pretendedArchiveDoesNotHideDeletedRowsFromACopy() throws Exception {
    Path copy = copy();
    for (String table : List.of(SERVICE, PERSONAL, "access_token_log_entries")) {
      sql.execute("delete from " + table + " where log_index < 256");
    }
    sql.execute(
        "insert into access_token_log_archives (end_index, first_index, record_index)"
            + " values (256, 0, 599)");
    List<String> problems = problemsOf(copy);
    assertEquals(
        256,
        problems.stream().filter(p -> p.startsWith("the row of an entry was deleted: ")).count(),
        problems::toString);
  }

  @Test
  void verificationThatBeganBeforeTheArchiveIsRepeated() {
    byte[] earlier = files.checkpoint();
    AtomicInteger reads = new AtomicInteger();
    LogFiles growing =
        new LogFiles() {
          @Override
          public byte[] checkpoint() {
            return reads.getAndIncrement() == 0 ? earlier : files.checkpoint();
          }

          @Override
          public List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses) {
            return List.of();
          }

          @Override
          public List<String> keys() {
            return files.keys();
          }

          @Override
          public byte[] read(Tile tile) {
            return files.read(tile);
          }

          @Override
          public EntryCheck rowCheck(LogVerifier verifier) {
            return files.rowCheck(verifier);
          }
        };
    move();
    VerifyLogCommand command = new VerifyLogCommand();
    StringWriter out = new StringWriter();
    var unused = new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    assertEquals(0, command.verify(growing), out::toString);
    assertEquals(3, reads.get(), "reads of the checkpoint");
  }

  @Test
  void entryOfAnArchivedRowThatIsInsertedAgainIsFound() throws Exception {
    move();
    sql.execute(
        "insert into %s (id, token_id, event, actor, metadata, occurred_at, log_index) values"
                .formatted(SERVICE)
            + " ('%s', '%s', 'revoked', 'user:default/eve', '{}', current_timestamp, 8)"
                .formatted(id(8), new UUID(1, 8)));
    assertEquals(
        List.of(
            "the row "
                + id(8)
                + " of "
                + SERVICE
                + " was inserted: the entry with its index is archived"),
        problems());
    assertThrows(StartupException.class, this::move);
    assertEquals(1, sql.count(SERVICE + " where log_index = 8"), "the trace is not removed");
  }

  @Test
  void changedLogIsNotArchived() throws Exception {
    sql.execute("update " + SERVICE + " set actor = 'user:default/eve' where log_index = 598");
    StartupException thrown = assertThrows(StartupException.class, this::move);
    assertTrue(thrown.lines().get(0).contains(id(598)), thrown::toString);
    assertEquals(600, log.state().size(), "no record");
    assertEquals(600, sql.count(SERVICE) + sql.count(PERSONAL), "nothing was removed");
    assertFalse(Files.exists(target), "no archive");
  }

  @Test
  void onlyWholeBundlesOfOldEventsThatWereSentAreMoved() {
    Archiver archiver = new Archiver(files, keys, null, step -> {}, progress);
    assertEquals(512, archiver.plan(LATER, Map.of("siem", 512L), null).end());
    assertEquals(256, archiver.plan(time(511), Map.of(), null).end(), "one event is not older");
    Archiver.Plan waiting = archiver.plan(LATER, Map.of("siem", 300L, "file", 600L), null);
    assertEquals(256, waiting.end());
    assertEquals("These streams have not sent the next events: siem.", waiting.limit());
    assertTrue(archiver.plan(START, Map.of(), null).isEmpty(), "no event is older");
  }

  @Test
  void exportThatCanHaveArchivedEventsNeedsTheArchive() throws Exception {
    move();
    Path copy = folder.resolve("copy");
    long size = log.state().size();
    // The files of the log as the service has them: without the archived bundles.
    for (Tile tile :
        List.of(
            new Tile(0, 0, 256),
            new Tile(0, 1, 256),
            Tile.of(0, 2, size),
            Tile.of(1, 0, size),
            Tile.of(Tile.ENTRIES, 2, size))) {
      put(
          copy.resolve(tile.path()),
          new TransparencyLog(log, keys, false, Cosignatures.NONE).content(tile).get());
    }
    put(copy.resolve("checkpoint"), files.checkpoint());
    put(copy.resolve("key"), keys.verifiers().get(0).toString().getBytes(StandardCharsets.UTF_8));
    Path export = folder.resolve("audit.ndjson");
    StringBuilder lines = new StringBuilder();
    for (String text : log.entries(512, 100)) {
      LogEntry entry = LogEntry.parse(text.getBytes(StandardCharsets.UTF_8));
      if (entry.kind().equals(LogEntry.SERVICE)) {
        lines.append(
            "{\"id\":\"%s\",\"tokenId\":\"%s\",\"event\":\"%s\",\"actor\":\"%s\",\"metadata\":{\"reasonHmacSha256\":null},\"occurredAt\":\"%s\",\"logIndex\":%d}%n"
                .formatted(
                    entry.id(),
                    entry.tokenId(),
                    entry.event(),
                    entry.actor(),
                    entry.occurredAt(),
                    entry.logIndex()));
      }
    }
    Files.writeString(export, lines.toString().replace("\"reasonHmacSha256\":null", ""));
    String output = verifyLog("--dir", copy.toString(), "--export", export.toString());
    assertTrue(output.startsWith("1 audit.ndjson: the events until "), output);
    String recent = "from=" + time(512);
    output = verifyLog("--dir", copy.toString(), "--export", export.toString(), "--query", recent);
    assertTrue(output.startsWith("0 verified: "), output);
    assertTrue(output.contains("without the content of 512 absent entries"), output);
    output =
        verifyLog(
            "--dir",
            copy.toString(),
            "--archive",
            target.toString(),
            "--export",
            export.toString());
    assertTrue(output.contains("audit.ndjson: an event is missing: entry 0: "), output);
  }

  private static void put(Path file, byte[] content) throws Exception {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  @Test
  void readersAreToldOfTheArchive() {
    LogArchive archive = move();
    TransparencyLog reader = new TransparencyLog(log, keys, false, Cosignatures.NONE);
    String moved = "the entries before 512 were moved to an archive, with events until ";
    Tile tile = new Tile(Tile.ENTRIES, 1, Tile.FULL_WIDTH);
    assertEquals(
        "the log does not have these entries: " + moved + archive.newest(),
        assertThrows(EventsArchivedException.class, () -> reader.content(tile)).getMessage());
    assertEquals(
        "there is no such event here: " + moved + archive.newest(),
        assertThrows(
                EventsArchivedException.class,
                () -> reader.proof(new UUID(1, 1), UUID.fromString(id(1))))
            .getMessage());
    assertTrue(reader.proof(new UUID(1, 550), UUID.fromString(id(550))).isPresent(), "later event");
  }

  @Test
  void archiveThatIsWrittenDuringTheReadIsReported() {
    LogStore archiving =
        TestDouble.around(
            LogStore.class,
            log,
            call -> {
              @Nullable Object result = call.proceed();
              if (call.name().equals("indexOf")) {
                move();
              }
              return result;
            });
    TransparencyLog reader = new TransparencyLog(archiving, keys, false, Cosignatures.NONE);
    assertThrows(
        EventsArchivedException.class, () -> reader.proof(new UUID(1, 1), UUID.fromString(id(1))));
  }

  private void addEvent(UUID token, String event) throws SQLException {
    sql.execute(
        ("insert into %s (id, token_id, event, actor, metadata, occurred_at) values"
                + " ('%s', '%s', '%s', 'user:default/alice', '{}', timestamp '2020-01-01 00:10:00')")
            .formatted(SERVICE, UUID.randomUUID(), token, event));
  }

  /** A run of archive-log can end after verify-log has compared the entries. */
  @Test
  void eventsOfTokensCanBeArchivedDuringTheVerification() throws Exception {
    UUID token = new UUID(7, 7);
    sql.execute(
        ("insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
                + " group_entity_ref, scopes, created_by, created_at, expires_at, revoked_at,"
                + " revoked_by) values ('%s', 'a', 'd', hash('SHA-256', 'x'), 'bsat_1',"
                + " 'group:default/platform', '[]', 'user:default/alice',"
                + " timestamp '2020-01-01 00:10:00', timestamp '2020-05-01 12:00:00',"
                + " timestamp '2020-01-01 00:10:00', 'user:default/alice')")
            .formatted(token));
    addEvent(token, "created");
    addEvent(token, "revoked");
    append(602, 1_200);
    assertEquals(List.of(), problems());
    sql.execute(
        ("insert into %s (id, token_id, event, actor, metadata, occurred_at) values"
                + " ('%s', '%s', 'exchanged', 'user:default/alice', '{}', timestamp '2020-01-01 00:20:00')")
            .formatted(PERSONAL, UUID.randomUUID(), new UUID(7, 8)));
    List<String> problems = new ArrayList<>();
    LogVerifier verifier = new LogVerifier(files, files.checkpoint(), keys.verifiers());
    AtomicInteger notes = new AtomicInteger();
    RowCheck check =
        new RowCheck(
            log,
            problems::add,
            notice -> {
              // The note on the event without an index follows the comparison of the entries.
              if (notes.getAndIncrement() == 0) {
                assertEquals(1_024, move().end());
              }
            },
            proof -> verifier.isInCurrentLog(proof, log.tiles()));
    verifier.verifyEntries(check::add, count -> {});
    check.end(1_200, count -> {});
    assertTrue(notes.get() > 0, "archived");
    assertEquals(List.of(), problems);
    sql.execute("delete from " + PERSONAL + " where log_index is null");
    assertEquals(List.of(), problems());
    String note = "the rows of 1 tokens were compared only with the events after " + time(1_023);
    assertTrue(notices.stream().anyMatch(notice -> notice.startsWith(note)), notices::toString);
  }
}
