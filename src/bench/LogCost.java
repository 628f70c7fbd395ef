import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.Cosignatures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Measures the transparency log in process, on an empty database.
 *
 * <ul>
 *   <li>{@code backlog NAME URL USER PASSWORD KEY EVENTS} inserts events, appends all of them to
 *       the log, and prints the rate and the bytes that an event takes in the database.
 *   <li>{@code scale URL USER PASSWORD KEY EVENTS} generates logs of 10,000 entries up to this
 *       number on MariaDB, and measures appends and proofs at each power of ten.
 * </ul>
 */
class LogCost {

  private static final String ORIGIN = "bench.example.com";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String TOKEN = "c4ca4238-a0b9-4382-8dcc-509a6f75849b";

  private final String url;
  private final String user;
  private final String password;
  private final KeySeal seal;

  private LogCost(String url, String user, String password, String key) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.seal = KeySeal.parse(key).orElseThrow();
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("backlog")) {
      new LogCost(args[2], args[3], args[4], args[5]).backlog(args[1], Integer.parseInt(args[6]));
    } else {
      new LogCost(args[1], args[2], args[3], args[4]).scale(Long.parseLong(args[5]));
    }
  }

  private Connection connect() throws Exception {
    return DriverManager.getConnection(url, user, password);
  }

  /** Inserts events of the service tokens, all of them of one token. */
  private void insertEvents(int count) throws Exception {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into service_access_token_audit_log"
                    + " (id, token_id, event, actor, metadata, occurred_at, group_entity_ref)"
                    + " values (?, ?, ?, 'user:default/alice', ?, current_timestamp,"
                    + " 'group:default/platform')")) {
      connection.setAutoCommit(false);
      for (int i = 1; i <= count; i++) {
        statement.setString(1, UUID.randomUUID().toString());
        statement.setString(2, UUID.randomUUID().toString());
        statement.setString(3, i % 2 == 0 ? "revoked" : "created");
        statement.setString(4, i % 2 == 0 ? "{\"reason\":\"no longer needed\"}" : "{}");
        statement.addBatch();
        if (i % 5_000 == 0 || i == count) {
          statement.executeBatch();
          connection.commit();
        }
      }
    }
  }

  private void backlog(String name, int count) throws Exception {
    long before;
    long bare;
    double seconds;
    try (ConnectionPool pool = ConnectionPool.open(url, user, password, 3);
        HibernateTokenStore store = migrated(pool)) {
      before = bytes();
      insertEvents(count);
      bare = bytes();
      LogSequencer sequencer = sequencer(store.log());
      long start = System.nanoTime();
      appendAll(sequencer);
      seconds = (System.nanoTime() - start) / 1e9;
      if (store.log().state().size() != count) {
        throw new IllegalStateException("entries: " + store.log().state().size());
      }
    }
    long all = bytes();
    System.out.printf(
        "| %s | %.0f | %d | %d | %d |%n",
        name, count / seconds, (bare - before) / count, (all - before) / count,
        (all - bare) / count);
  }

  private static HibernateTokenStore migrated(ConnectionPool pool) {
    Migrations.migrate(pool);
    return new HibernateTokenStore(pool);
  }

  private LogSequencer sequencer(JdbcLogStore log) {
    LogKeys keys =
        LogKeys.open(log, seal, log.setOriginIfAbsent(ORIGIN), Clock.systemUTC(), RANDOM);
    return LogSequencer.of(log, keys, ORIGIN);
  }

  /** Returns the size of the database without free space, in bytes. */
  private long bytes() throws Exception {
    if (url.startsWith("jdbc:h2:")) {
      return h2Bytes();
    }
    boolean postgres = url.startsWith("jdbc:postgresql:");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      if (postgres) {
        statement.execute("vacuum full");
      }
      try (ResultSet row =
          statement.executeQuery(
              postgres
                  ? "select pg_database_size(current_database())"
                  : "select sum(file_size) from information_schema.innodb_sys_tablespaces"
                      + " where name like concat(database(), '/%')")) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Copies the database, because only a closed database has a compact file. */
  private long h2Bytes() throws Exception {
    Path folder = Files.createTempDirectory("log-cost");
    Path script = folder.resolve("script.sql");
    String copy = "jdbc:h2:" + folder.resolve("copy") + url.substring(url.indexOf(';'));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("script to '" + script + "'");
    }
    try (Connection connection = DriverManager.getConnection(copy, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute("runscript from '" + script + "'");
      statement.execute("shutdown compact");
    }
    long size = Files.size(folder.resolve("copy.mv.db"));
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
    return size;
  }

  private void scale(long most) throws Exception {
    try (ConnectionPool pool = ConnectionPool.open(url, user, password, 3);
        HibernateTokenStore store = migrated(pool)) {
      JdbcLogStore log = store.log();
      log.setOriginIfAbsent(ORIGIN);
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      VerifierKey verifier = VerifierKey.of(ORIGIN, VerifierKey.Type.ED25519, pair.getPublic());
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      String spki = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
      SealedKey row = new SealedKey(verifier.id(), 1, spki, "", now, now);
      log.keys().add(seal.sealPrivateKey(row, pair.getPrivate(), RANDOM));
      for (long size = 10_000; size <= most; size *= 10) {
        long start = System.nanoTime();
        grow(log, size, verifier, pair);
        System.err.printf(
            "%d entries generated in %.0f s%n", size, (System.nanoTime() - start) / 1e9);
        measure(log, size);
      }
    }
  }

  /** Writes entries and tiles, as the sequencer would have written them. */
  private void grow(JdbcLogStore log, long end, VerifierKey verifier, KeyPair pair)
      throws Exception {
    Map<Tile, byte[]> tiles = new HashMap<>();
    TreeBuilder builder = TreeBuilder.on(log.tiles(), log.state().size(), tiles::put);
    try (Connection connection =
            DriverManager.getConnection(url + "?useBulkStmts=true", user, password);
        Statement session = connection.createStatement();
        PreparedStatement entries =
            connection.prepareStatement("insert into access_token_log_entries values (?, ?, ?)");
        PreparedStatement hashes =
            connection.prepareStatement("replace into access_token_log_tiles values (?, ?, ?)");
        PreparedStatement state =
            connection.prepareStatement("update access_token_log set tree_size = ?, note = ?")) {
      session.execute("set unique_checks = 0");
      connection.setAutoCommit(false);
      while (builder.size() < end) {
        for (int i = 0; i < 20_000 && builder.size() < end; i++) {
          long index = builder.size();
          String id = eventId(index);
          String entry =
              "{\"actor\":\"user:default/alice\",\"event\":\"created\",\"id\":\""
                  + id
                  + "\",\"kind\":\"service\",\"logIndex\":"
                  + index
                  + ",\"metadata\":{},\"occurredAt\":\"2026-03-01T12:00:00.123Z\","
                  + "\"owner\":\"group:default/platform\",\"tokenId\":\""
                  + TOKEN
                  + "\"}";
          builder.add(MerkleHash.ofLeaf(entry.getBytes(StandardCharsets.US_ASCII)));
          entries.setLong(1, index);
          entries.setString(2, id);
          entries.setString(3, entry);
          entries.addBatch();
        }
        entries.executeBatch();
        put(hashes, tiles);
        connection.commit();
      }
      put(hashes, new HashMap<>(builder.partialTiles()));
      String text = new Checkpoint(ORIGIN, end, builder.root()).text();
      state.setLong(1, end);
      state.setString(
          2,
          new SignedNote(text, List.of(SignedNote.sign(text, verifier, pair.getPrivate())))
              .toString());
      state.executeUpdate();
      connection.commit();
    }
  }

  private static void put(PreparedStatement hashes, Map<Tile, byte[]> tiles) throws Exception {
    for (Map.Entry<Tile, byte[]> tile : tiles.entrySet()) {
      hashes.setInt(1, tile.getKey().level());
      hashes.setLong(2, tile.getKey().index());
      hashes.setBytes(3, tile.getValue());
      hashes.addBatch();
    }
    if (!tiles.isEmpty()) {
      hashes.executeBatch();
    }
    tiles.clear();
  }

  /** Returns the id of a generated event. The ids ascend, so that they are inserted fast. */
  private static String eventId(long index) {
    return "%08x-0000-4000-8000-000000000000".formatted(index);
  }

  private void measure(JdbcLogStore log, long size) throws Exception {
    LogKeys keys = LogKeys.open(log, seal, ORIGIN, Clock.systemUTC(), RANDOM);
    LogSequencer sequencer = LogSequencer.of(log, keys, ORIGIN);
    double batch = appends(sequencer, 500, 21);
    double single = appends(sequencer, 1, 41);
    TransparencyLog transparency = new TransparencyLog(log, keys, false, Cosignatures.NONE);
    Random random = new Random(1);
    double[] proofs = new double[401];
    int hashes = 0;
    for (int i = 0; i < proofs.length; i++) {
      UUID event = UUID.fromString(eventId(size / 2 + random.nextLong(size / 2)));
      long start = System.nanoTime();
      hashes = transparency.proof(UUID.fromString(TOKEN), event).orElseThrow().hashes().size();
      proofs[i] = (System.nanoTime() - start) / 1e6;
    }
    System.out.printf(
        "| %d | %.1f | %.3f | %.1f | %.2f | %d |%n",
        size, batch, batch / 500, single, median(proofs), hashes);
  }

  /** Appends all events. On a busy machine, the database can end a transaction that takes long. */
  private static void appendAll(LogSequencer sequencer) {
    for (int attempt = 1; ; attempt++) {
      try {
        sequencer.run();
        return;
      } catch (StoreUnavailableException e) {
        if (attempt == 20) {
          throw e;
        }
        System.err.println("an append is repeated: " + e.getMessage());
      }
    }
  }

  /** Returns the median time of an append in milliseconds. */
  private double appends(LogSequencer sequencer, int events, int rounds) throws Exception {
    double[] times = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      insertEvents(events);
      long start = System.nanoTime();
      appendAll(sequencer);
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    return median(times);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
