import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Measures what each index of the service tokens adds to a create, to a revoke and to the recording
 * of a use. Measurements with all indexes alternate with measurements without one of them.
 *
 * <p>The store of the service makes the changes, one at a time. The measures are the bytes that the
 * database adds to its log, and the CPU time of the database server.
 *
 * <p>Arguments: the name of the database for the table, JDBC URL, user and password, process id of
 * the database server, and the number of rounds.
 */
class IndexCosts {

  private static final int CHANGES = 200;
  private static final int BATCHES = 5;
  private static final int TOKENS_OF_BATCH = 200;
  private static final long MAXIMUM_HISTORY = 50;

  private static final String TABLE = "service_access_tokens";

  /** The optional index of PostgreSQL for the search. */
  private static final String SEARCH = TABLE + "_search";

  /** Drops no index. Its row shows the error of the other rows. */
  private static final String CONTROL = "none (control)";

  private static final EntityRef GROUP =
      EntityRef.parseGroup("group:default/platform").orElseThrow();

  /** Bytes of the log of the database, and microseconds of its CPU time. */
  private record Cost(double bytes, double micros) {}

  /** The costs of one change of each kind. */
  private record Costs(Cost create, Cost use, Cost revoke) {}

  /** One round: the costs with all indexes, and without one. */
  private record Pair(Costs all, Costs without) {}

  private interface Change {
    void make() throws Exception;
  }

  private final String name;
  private final ConnectionPool pool;
  private final HibernateTokenStore store;
  private final Connection admin;
  private final boolean postgres;
  private final long databasePid;
  private final Random random = new Random(1);
  private final Queue<UUID> created = new ArrayDeque<>();
  private List<String> live = List.of();

  private IndexCosts(String[] args) throws Exception {
    name = args[0];
    pool = ConnectionPool.open(args[1], args[2], args[3], 2);
    store = new HibernateTokenStore(pool);
    admin = pool.unpooled();
    admin.setNetworkTimeout(Runnable::run, 0); // the creation of an index takes seconds
    postgres = args[1].startsWith("jdbc:postgresql:");
    databasePid = Long.parseLong(args[4]);
    try (Statement statement = admin.createStatement()) {
      statement.execute(
          postgres ? "set statement_timeout = 0" : "set session max_statement_time = 0");
    }
  }

  public static void main(String[] args) throws Exception {
    new IndexCosts(args).measure(Integer.parseInt(args[5]));
    System.exit(0);
  }

  private void measure(int rounds) throws Exception {
    live =
        texts(
            "select id from service_access_tokens where revoked_at is null and expires_at >"
                + " current_timestamp");
    Map<String, String> indexes = new TreeMap<>(definitions());
    indexes.put(CONTROL, "");
    if (postgres) {
      execute("create extension if not exists pg_trgm");
      indexes.put(
          SEARCH,
          "create index " + SEARCH + " on " + TABLE + " using gin (search_text gin_trgm_ops)");
    }
    costs();
    Map<String, List<Pair>> measured = new HashMap<>();
    Map<String, Double> sizes = new HashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, String> index : indexes.entrySet()) {
        Pair pair = pair(index.getKey(), index.getValue(), sizes);
        measured.computeIfAbsent(index.getKey(), any -> new ArrayList<>()).add(pair);
      }
    }
    print(indexes.keySet(), measured, sizes);
  }

  private Pair pair(String index, String definition, Map<String, Double> sizes) throws Exception {
    if (index.equals(CONTROL)) {
      return new Pair(costs(), costs());
    }
    if (index.equals(SEARCH)) {
      execute(definition);
    }
    sizes.put(index, size(index));
    Costs all = costs();
    execute("drop index " + index + (postgres ? "" : " on " + TABLE));
    Costs without = costs();
    if (!index.equals(SEARCH)) {
      execute(definition);
    }
    return new Pair(all, without);
  }

  // The changes

  private Costs costs() throws Exception {
    Cost create = cost(CHANGES, this::createAll);
    Cost use = cost(BATCHES * TOKENS_OF_BATCH, this::useAll);
    Cost revoke = cost(CHANGES, this::revokeAll);
    return new Costs(create, use, revoke);
  }

  private void createAll() throws Exception {
    for (int i = 0; i < CHANGES; i++) {
      UUID id = UUID.randomUUID();
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      byte[] secret = id.toString().getBytes(StandardCharsets.UTF_8);
      store.create(
          new ServiceToken(
              id,
              "build of " + id,
              "Benchmark " + random.nextLong(),
              "at_abcdefghi",
              GROUP,
              List.of("catalog:read"),
              "user:default/alice",
              now,
              now.plus(Duration.ofDays(90)),
              null,
              null,
              null),
          TokenDigest.of(MessageDigest.getInstance("SHA-256").digest(secret)),
          event(id, AuditEvent.Type.CREATED, now));
      created.add(id);
    }
  }

  private void useAll() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    for (int i = 0; i < BATCHES; i++) {
      Map<SecretId, TokenUsage> uses = new HashMap<>();
      while (uses.size() < TOKENS_OF_BATCH) {
        UUID id = UUID.fromString(live.get(random.nextInt(live.size())));
        uses.put(new SecretId(id, 1), TokenUsage.of(new UsageCount(1, now, "192.0.2.1"), 0, 0, null, null));
      }
      store.recordUses(uses);
    }
  }

  private void revokeAll() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    while (!created.isEmpty()) {
      UUID id = created.remove();
      store.revoke(id, null, () -> event(id, AuditEvent.Type.REVOKED, now));
    }
  }

  private static AuditEvent event(UUID token, AuditEvent.Type type, Instant now) {
    return new AuditEvent(
        UUID.randomUUID(), token, type, "user:default/alice", Map.of(), now, null);
  }

  // The counters of the database

  private Cost cost(int changes, Change change) throws Exception {
    settle();
    double bytes = log();
    double cpu = cpu();
    change.make();
    settle();
    return new Cost((log() - bytes) / changes, (cpu() - cpu) * 1e6 / changes);
  }

  /** Waits for the work that the database has deferred. It is a part of the cost. */
  private void settle() throws Exception {
    if (!postgres) {
      while (number("select variable_value from information_schema.global_status where"
              + " variable_name = 'innodb_history_list_length'")
          > MAXIMUM_HISTORY) {
        Thread.sleep(20);
      }
    } else if (number("select count(*) from pg_indexes where indexname = '" + SEARCH + "'") > 0) {
      number("select gin_clean_pending_list('" + SEARCH + "')");
    }
  }

  private double log() throws SQLException {
    return number(
        postgres
            ? "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
            : "select variable_value from information_schema.global_status where variable_name ="
                + " 'innodb_lsn_current'");
  }

  /** Returns the seconds of CPU time of the database server and its processes. */
  private double cpu() throws Exception {
    ProcessHandle server = ProcessHandle.of(databasePid).orElseThrow();
    List<ProcessHandle> processes = new ArrayList<>(server.children().toList());
    processes.add(server);
    double nanos = 0;
    for (ProcessHandle process : processes) {
      Path tasks = Path.of("/proc", Long.toString(process.pid()), "schedstat");
      if (!postgres) {
        try (var threads = Files.list(tasks.resolveSibling("task"))) {
          for (Path thread : threads.toList()) {
            nanos += nanos(thread.resolve("schedstat"));
          }
        }
      } else if (Files.exists(tasks)) {
        nanos += nanos(tasks);
      }
    }
    return nanos / 1e9;
  }

  private static double nanos(Path schedstat) throws Exception {
    return Double.parseDouble(Files.readString(schedstat).split(" ")[0]);
  }

  private double size(String index) throws SQLException {
    return number(
        postgres
            ? "select pg_relation_size('" + index + "')"
            : "select stat_value * @@innodb_page_size from mysql.innodb_index_stats where"
                + " database_name = database() and table_name = '"
                + TABLE
                + "' and stat_name = 'size' and index_name = '"
                + index
                + "'");
  }

  /** Returns the statements that create the indexes that are not unique. */
  private Map<String, String> definitions() throws SQLException {
    String sql =
        postgres
            ? "select c.relname, pg_get_indexdef(c.oid) from pg_index i join pg_class c on c.oid ="
                + " i.indexrelid where not i.indisunique and i.indrelid = '"
                + TABLE
                + "'::regclass"
            : "select index_name, concat('create index ', index_name, ' on "
                + TABLE
                + " (', group_concat(column_name order by seq_in_index), ')') from"
                + " information_schema.statistics where table_schema = database() and table_name"
                + " = '"
                + TABLE
                + "' and non_unique = 1 group by index_name";
    Map<String, String> definitions = new HashMap<>();
    try (Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        definitions.put(rows.getString(1), rows.getString(2));
      }
    }
    return definitions;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  private double number(String sql) throws SQLException {
    return Double.parseDouble(texts(sql).get(0));
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  // The table

  private interface Part {
    Cost of(Costs costs);
  }

  private void print(
      Iterable<String> indexes, Map<String, List<Pair>> measured, Map<String, Double> sizes) {
    List<Part> parts = List.of(Costs::create, Costs::use, Costs::revoke);
    StringBuilder all = new StringBuilder("| " + name + " | all | |");
    for (Part part : parts) {
      List<Cost> costs =
          measured.entrySet().stream()
              .filter(one -> !one.getKey().equals(SEARCH))
              .flatMap(one -> one.getValue().stream())
              .map(pair -> part.of(pair.all()))
              .toList();
      all.append(
          String.format(
              Locale.ROOT,
              " %.0f B | %.0f µs |",
              quantile(costs.stream().map(Cost::bytes).toList(), 0.5),
              quantile(costs.stream().map(Cost::micros).toList(), 0.5)));
    }
    System.out.println(all);
    for (String index : indexes) {
      StringBuilder row =
          new StringBuilder("| " + name + " | " + index.replace(TABLE + "_", "") + " |");
      row.append(
          sizes.containsKey(index)
              ? String.format(Locale.ROOT, " %.0f |", sizes.get(index) / 1e6)
              : " |");
      for (Part part : parts) {
        row.append(
            shares(
                measured.get(index).stream()
                    .map(p -> part.of(p.without()).bytes() / part.of(p.all()).bytes())
                    .toList()));
        row.append(
            shares(
                measured.get(index).stream()
                    .map(p -> part.of(p.without()).micros() / part.of(p.all()).micros())
                    .toList()));
      }
      System.out.println(row);
    }
  }

  /** Formats the share of the cost that the index causes: the median, the least and the most. */
  private static String shares(List<Double> ratios) {
    List<Double> shares = ratios.stream().map(ratio -> 100 * (1 - ratio)).toList();
    return String.format(
        Locale.ROOT,
        " %.0f (%.0f to %.0f) |",
        quantile(shares, 0.5),
        Collections.min(shares),
        Collections.max(shares));
  }

  private static double quantile(List<Double> values, double quantile) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) (quantile * (sorted.size() - 1)));
  }
}
