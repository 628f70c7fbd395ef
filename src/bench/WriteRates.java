import com.sun.tools.attach.VirtualMachine;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import sun.tools.attach.HotSpotVirtualMachine;

/**
 * Measures creates and revokes of service tokens over HTTP, against a loop that sends the same
 * statements with JDBC only, and against the commit of one row.
 *
 * <p>The loop repeats the calls of JDBC that the product's store makes. They are recorded at the
 * start, so that the loop has the same statements, rows, isolation level and round trips. Only ids,
 * names, digests and nonces differ.
 *
 * <p>Arguments: the name of the database for the table, JDBC URL, user and password of an empty
 * database for the loop, URL and process id of the server, process id of the database server (0 for
 * an embedded database), the number of rounds, the seconds of each measurement, and the seconds of
 * the warm-up.
 */
class WriteRates {

  private static final int MANY = 16;
  private static final int WAITING = 256;
  private static final int SAMPLE_MILLIS = 100;
  private static final int LEASE_MILLIS = 500;
  private static final int ATTEMPTS = 20;

  /** The minimum number of changes for a 99th percentile. */
  private static final int ENOUGH = 100;

  private static final String COMMIT = "commit of one row";

  /**
   * SQLSTATEs of conflicts: a deadlock, a change since the snapshot, or a lock that is not free.
   */
  private static final List<String> CONFLICTS =
      List.of("40001", "40P01", "55P03", "HY000", "HYT00");

  /**
   * Sessions that wait for a lock, that commit, that run otherwise, and that are in a transaction.
   */
  private static final String MARIADB_SESSIONS =
      "select coalesce(sum(l), 0), coalesce(sum(d and not l), 0), coalesce(sum(c <> 'Sleep' and not"
          + " d and not l), 0), coalesce(sum(c = 'Sleep' and t), 0) from (select p.command c,"
          + " p.state in ('Commit', 'Updating status') d, t.trx_id is not"
          + " null t, coalesce(t.trx_state = 'LOCK WAIT', 0) l from information_schema.processlist"
          + " p left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id where"
          + " p.user = 'bench' and p.id <> connection_id()) s";

  private static final String POSTGRES_SESSIONS =
      "select count(*) filter (where wait_event_type = 'Lock'), count(*) filter (where wait_event"
          + " in ('WALSync', 'WalSync', 'WALWrite', 'WalWrite', 'SyncRep')), count(*) filter (where"
          + " state = 'active' and coalesce(wait_event_type, '') <> 'Lock' and coalesce(wait_event,"
          + " '') not in ('WALSync', 'WalSync', 'WALWrite', 'WalWrite', 'SyncRep')), count(*)"
          + " filter (where state = 'idle in transaction') from pg_stat_activity where backend_type"
          + " = 'client backend' and pid <> pg_backend_pid()";

  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final EntityRef GROUP =
      EntityRef.parseGroup("group:default/platform").orElseThrow();

  /**
   * Sessions of the database that wait for a lock, write to the disk, run, or have no statement.
   */
  private record Sessions(double locked, double writing, double running, double idle) {}

  /**
   * One measurement: the number of changes, changes per second, percentiles of their times in ms,
   * and the cores of the processor that the program, the database server and the whole machine
   * used.
   */
  private record Measured(
      int changes,
      double rate,
      double p50,
      double p99,
      double program,
      double database,
      double machine,
      Sessions sessions) {}

  /** Makes one change. Returns false if there is nothing left to change. */
  private interface Change {
    boolean make(Connection connection) throws Exception;
  }

  /** A row of the table: a change that several threads make again and again. */
  private record Row(String work, int clients, boolean http, Change change) {

    boolean isRevocation() {
      return work.startsWith("revoke");
    }
  }

  private final String name;
  private final ConnectionPool pool;
  private final boolean postgres;
  private final boolean h2;
  private final URI tokens;
  private final long serverPid;
  private final long databasePid;
  private final long nanos;
  private final long warmUpNanos;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String authorization =
      "Basic " + Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));
  private final List<Connection> connections = new ArrayList<>();
  private final Queue<String> created = new ConcurrentLinkedQueue<>();
  private final Queue<Token> inserted = new ConcurrentLinkedQueue<>();

  private WriteRates(String[] args) {
    name = args[0];
    pool = ConnectionPool.open(args[1], args[2], args[3], 2 * MANY + 2);
    postgres = args[1].startsWith("jdbc:postgresql:");
    h2 = args[1].startsWith("jdbc:h2:");
    tokens = URI.create(args[4] + "/api/access-tokens/service");
    serverPid = Long.parseLong(args[5]);
    databasePid = Long.parseLong(args[6]);
    nanos = (long) (Double.parseDouble(args[8]) * 1e9);
    warmUpNanos = (long) (Double.parseDouble(args[9]) * 1e9);
  }

  public static void main(String[] args) throws Exception {
    int status = 1;
    try {
      new WriteRates(args).measure(Integer.parseInt(args[7]));
      status = 0;
    } catch (Exception e) {
      e.printStackTrace();
    } finally {
      System.exit(status); // the HTTP client of JDK 17 cannot be closed, and threads may still run
    }
  }

  // The loop with JDBC

  /** The values that differ between two tokens. */
  private record Token(String id, String name, byte[] digest) {

    static Token next() throws Exception {
      String id = UUID.randomUUID().toString();
      return new Token(
          id,
          "t" + System.nanoTime() + "-" + id.substring(0, 8),
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * A recorded call of JDBC.
   *
   * @param target the key of the statement that was called; null if the connection was called
   * @param created the key of the statement that the call returned; null if it returned none
   */
  private record Call(Object target, Object created, Method method, Object[] args) {

    /** Returns true if the call has an SQL statement as an argument that begins with a text. */
    boolean isOf(Predicate<String> sql) {
      return args.length > 0 && args[0] instanceof String text && sql.test(text);
    }
  }

  /** The calls of JDBC that one change makes, for the token and the event that it was made for. */
  private record Script(List<Call> calls, Token token, String event) {

    /** Makes the same calls for another token. */
    void run(Connection connection, Token other) throws Exception {
      Map<Object, Statement> statements = new HashMap<>();
      String otherEvent = UUID.randomUUID().toString();
      for (Call call : calls) {
        Object target = call.target() == null ? connection : statements.get(call.target());
        String method = call.method().getName();
        Object[] args = call.args().clone();
        for (int i = 0; i < args.length; i++) {
          args[i] = value(args[i], other, otherEvent);
        }
        Object result = invoke(call.method(), target, args);
        if (call.created() != null) {
          statements.put(call.created(), (Statement) result);
        } else if (method.equals("executeQuery")) {
          read((ResultSet) result);
        } else if (method.equals("execute")) {
          readAll((Statement) target, (Boolean) result);
        } else if (method.equals("executeUpdate") && result.equals(0)) {
          throw new IllegalStateException("a statement changed no row");
        }
      }
    }

    private Object value(Object recorded, Token other, String otherEvent) {
      if (token.id().equals(recorded)) {
        return other.id();
      }
      if (token.name().equals(recorded)) {
        return other.name();
      }
      if (event.equals(recorded)) {
        return otherEvent;
      }
      if (recorded instanceof byte[] bytes) {
        if (Arrays.equals(bytes, token.digest())) {
          return other.digest();
        }
        byte[] nonce = new byte[bytes.length];
        ThreadLocalRandom.current().nextBytes(nonce);
        return nonce;
      }
      return recorded;
    }

    private static void readAll(Statement statement, boolean rows) throws SQLException {
      while (rows || statement.getUpdateCount() != -1) {
        if (rows) {
          read(statement.getResultSet());
        }
        rows = statement.getMoreResults();
      }
    }

    private static void read(ResultSet rows) throws SQLException {
      try (rows) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int i = 1; i <= columns; i++) {
            rows.getObject(i);
          }
        }
      }
    }

    /** Returns the same calls without those of the statements that contain a text. */
    Script without(String text) {
      List<Call> rest =
          withoutStatements(
              calls, call -> call.created() != null && call.isOf(sql -> sql.contains(text)));
      return new Script(rest, token, event);
    }
  }

  /** Returns calls without those that create or use the statements of the given calls. */
  private static List<Call> withoutStatements(List<Call> calls, Predicate<Call> ignored) {
    Set<Object> statements = new HashSet<>();
    for (Call call : calls) {
      if (ignored.test(call)) {
        statements.add(call.created() == null ? call.target() : call.created());
      }
    }
    return calls.stream()
        .filter(call -> !statements.contains(call.created()) && !statements.contains(call.target()))
        .toList();
  }

  private static Object invoke(Method method, Object target, Object[] args) throws Exception {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Records the calls of JDBC that the product makes on connections of the pool. */
  private static final class Recorder implements DataSource {

    private final DataSource recorded;
    private final List<Call> calls = new ArrayList<>();

    Recorder(DataSource recorded) {
      this.recorded = recorded;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return (Connection) proxy(Connection.class, recorded.getConnection(), null);
    }

    private Object proxy(Class<?> type, Object target, Object statement) {
      return Proxy.newProxyInstance(
          WriteRates.class.getClassLoader(),
          new Class<?>[] {type},
          (proxy, method, args) -> {
            Object[] given = args == null ? new Object[0] : args;
            Object result = invoke(method, target, given);
            String called = method.getName();
            if (result instanceof PreparedStatement || called.equals("createStatement")) {
              Object key = new Object();
              calls.add(new Call(null, key, method, given));
              return proxy(
                  result instanceof PreparedStatement ? PreparedStatement.class : Statement.class,
                  result,
                  key);
            }
            boolean changes = called.equals("setAutoCommit") || called.equals("commit");
            boolean runs =
                called.startsWith("set")
                    || called.startsWith("execute")
                    || called.equals("addBatch")
                    || called.equals("close");
            if (statement == null ? changes : runs) {
              calls.add(new Call(statement, null, method, given));
            }
            return result;
          });
    }

    /**
     * Returns the calls since the last call of this method, without those that set variables of the
     * session: the pool sets them once for a connection.
     */
    List<Call> take() {
      List<Call> taken =
          withoutStatements(
              calls, call -> call.created() == null && call.isOf(sql -> sql.startsWith("set ")));
      calls.clear();
      return taken;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public java.util.logging.Logger getParentLogger() {
      return java.util.logging.Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      return recorded.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
      return recorded.isWrapperFor(type);
    }
  }

  private Script create;
  private Script revoke;

  private void record() throws Exception {
    Migrations.migrate(pool);
    Recorder recorder = new Recorder(pool);
    HibernateTokenStore store = new HibernateTokenStore(recorder); // open until the end
    // The first change of each kind lets Hibernate prepare its statements.
    for (int i = 0; i < 2; i++) {
      Token token = Token.next();
      UUID id = UUID.fromString(token.id());
      UUID event = UUID.randomUUID();
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      recorder.take();
      store.create(
          new ServiceToken(
              id,
              token.name(),
              "Benchmark",
              "at_abcdefghi",
              GROUP,
              List.of("catalog:read"),
              "user:default/alice",
              now,
              now.plus(Duration.ofDays(90)),
              null,
              null,
              null),
          TokenDigest.of(token.digest()),
          new AuditEvent(
              event, id, AuditEvent.Type.CREATED, "user:default/alice", Map.of(), now, null));
      create = new Script(recorder.take(), token, event.toString());
      UUID revokedEvent = UUID.randomUUID();
      store.revoke(
          id,
          null,
          () ->
              new AuditEvent(
                  revokedEvent,
                  id,
                  AuditEvent.Type.REVOKED,
                  "user:default/alice",
                  Map.of("reason", "No longer needed"),
                  now,
                  null));
      revoke = new Script(recorder.take(), token, revokedEvent.toString());
    }
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table bench_commits (id varchar(36) primary key)");
    }
  }

  // The changes

  private boolean commitOne(Connection connection) throws Exception {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into bench_commits (id) values (?)")) {
      insert.setString(1, UUID.randomUUID().toString());
      insert.executeUpdate();
      return true;
    }
  }

  private boolean createOne(Connection connection) throws Exception {
    Token token = Token.next();
    run(connection, create, token);
    inserted.add(token);
    return true;
  }

  private boolean revokeOne(Connection connection, Script script) throws Exception {
    Token token = inserted.poll();
    if (token != null) {
      run(connection, script, token);
    }
    return token != null;
  }

  /** Runs a script, and repeats it after a conflict, as the product does. */
  private static void run(Connection connection, Script script, Token token) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        script.run(connection, token);
        return;
      } catch (SQLException e) {
        if (attempt == ATTEMPTS || !CONFLICTS.contains(e.getSQLState())) {
          throw e;
        }
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  private boolean sendCreate() throws Exception {
    String body =
        "{\"name\":\"%s\",\"description\":\"Benchmark\",\"groupEntityRef\":\"platform\",\"scopes\":[\"catalog:read\"]}"
            .formatted(Token.next().name());
    Matcher id = ID.matcher(send("POST", "", body, 201));
    if (!id.find()) {
      throw new IllegalStateException("a response without an id");
    }
    created.add(id.group(1));
    return true;
  }

  private boolean sendRevoke() throws Exception {
    String id = created.poll();
    if (id != null) {
      send("DELETE", "/" + id, "{\"reason\":\"No longer needed\"}", 204);
    }
    return id != null;
  }

  private String send(String method, String path, String body, int expected) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(tokens + path))
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != expected) {
      throw new IllegalStateException(
          method + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  // The measurements

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    Script withoutCounter = revoke.without("access_token_change_counter");
    for (int clients : new int[] {1, MANY}) {
      rows.add(new Row(COMMIT, clients, false, this::commitOne));
    }
    for (int clients : new int[] {1, MANY}) {
      rows.add(new Row("create", clients, false, this::createOne));
      rows.add(new Row("create", clients, true, any -> sendCreate()));
    }
    for (int clients : new int[] {1, MANY}) {
      rows.add(new Row("revoke", clients, false, connection -> revokeOne(connection, revoke)));
      rows.add(new Row("revoke", clients, true, any -> sendRevoke()));
    }
    if (!h2) {
      rows.add(new Row("revoke", WAITING, true, any -> sendRevoke()));
    }
    rows.add(
        new Row(
            "revoke without the counter",
            MANY,
            false,
            connection -> revokeOne(connection, withoutCounter)));
    return rows;
  }

  private void measure(int rounds) throws Exception {
    record();
    for (int i = 0; i < MANY; i++) {
      connections.add(pool.getConnection());
    }
    List<Row> rows = rows();
    warmUp();
    Map<Row, List<Measured>> measured = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Row row : rows) {
        List<Measured> before = measured.getOrDefault(row, List.of());
        if (row.isRevocation()) {
          addTokens(row, before);
        }
        measured.computeIfAbsent(row, any -> new ArrayList<>()).add(measured(row));
      }
    }
    rows.forEach(row -> print(row, measured));
  }

  /** Creates and revokes tokens, until the server and this program are compiled. */
  private void warmUp() throws Exception {
    for (boolean http : new boolean[] {false, true}) {
      run(creates(http), warmUpNanos / 4);
      Change revoke = http ? any -> sendRevoke() : connection -> revokeOne(connection, this.revoke);
      run(new Row("revoke", http ? 4 * MANY : MANY, http, revoke), warmUpNanos / 4);
    }
  }

  private Row creates(boolean http) {
    return new Row("create", MANY, http, http ? any -> sendCreate() : this::createOne);
  }

  /** Creates as many tokens as a measurement is expected to revoke, and some more. */
  private void addTokens(Row row, List<Measured> before) throws Exception {
    double rate = before.stream().mapToDouble(Measured::rate).max().orElse(row.http() ? 400 : 2000);
    int needed = row.clients() + (int) (1.3 * rate * nanos / 1e9);
    while ((row.http() ? created : inserted).size() < needed) {
      run(creates(row.http()), 500_000_000L);
    }
  }

  /** The result of the threads of a row: changes per second, and the time of each change in ms. */
  private record Run(double rate, List<Double> times) {}

  private Run run(Row row, long nanos) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(row.clients());
    long end = System.nanoTime() + nanos;
    List<Future<Run>> runs = new ArrayList<>();
    for (int i = 0; i < row.clients(); i++) {
      Connection connection = row.http() ? null : connections.get(i);
      runs.add(threads.submit(() -> run(row.change(), connection, end)));
    }
    double rate = 0;
    List<Double> times = new ArrayList<>();
    for (Future<Run> run : runs) {
      rate += run.get().rate();
      times.addAll(run.get().times());
    }
    threads.shutdown();
    return new Run(rate, times);
  }

  private static Run run(Change change, Connection connection, long end) throws Exception {
    List<Double> times = new ArrayList<>();
    long start = System.nanoTime();
    long before = start;
    while (before < end && change.make(connection)) {
      long after = System.nanoTime();
      times.add((after - before) / 1e6);
      before = after;
    }
    return new Run(times.isEmpty() ? 0 : times.size() / ((before - start) / 1e9), times);
  }

  private Measured measured(Row row) throws Exception {
    long program = row.http() ? serverPid : ProcessHandle.current().pid();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService sampler = Executors.newSingleThreadExecutor();
    double[] before = {cpu(program), databasePid == 0 ? 0 : cpu(databasePid), machineCpu()};
    long start = System.nanoTime();
    Future<Sessions> sessions = sampler.submit(() -> sample(row, done));
    Run run = run(row, nanos);
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] after = {cpu(program), databasePid == 0 ? 0 : cpu(databasePid), machineCpu()};
    done.set(true);
    Sessions seen = sessions.get();
    sampler.shutdown();
    return new Measured(
        run.times().size(),
        run.rate(),
        quantile(run.times(), 0.5),
        quantile(run.times(), 0.99),
        (after[0] - before[0]) / seconds,
        (after[1] - before[1]) / seconds,
        (after[2] - before[2]) / seconds,
        seen);
  }

  /** Returns the seconds of CPU time of a process and its children. */
  private static double cpu(long pid) throws Exception {
    double ticks = 0;
    List<ProcessHandle> processes =
        new ArrayList<>(ProcessHandle.of(pid).orElseThrow().children().toList());
    processes.add(ProcessHandle.of(pid).orElseThrow());
    for (ProcessHandle process : processes) {
      Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
      if (Files.exists(stat)) {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        ticks += Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
      }
    }
    return ticks / 100;
  }

  /** Returns the seconds in which the cores of the machine were busy. */
  private static double machineCpu() throws Exception {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +");
    double ticks = 0;
    for (int i = 1; i < fields.length && i <= 8; i++) {
      ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(fields[i]); // without idle and iowait
    }
    return ticks / 100;
  }

  // What the sessions of the database do

  private Sessions sample(Row row, AtomicBoolean done) throws Exception {
    double[] sums = new double[4];
    int samples = 0;
    VirtualMachine server =
        h2 && row.http() ? VirtualMachine.attach(Long.toString(serverPid)) : null;
    try (Connection connection = pool.unpooled()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      while (!done.get()) {
        double[] seen =
            server != null
                ? stacks(dump(server))
                : h2 ? stacks(ownStacks()) : statements(connection);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += seen[i];
        }
        samples++;
        Thread.sleep(SAMPLE_MILLIS);
      }
    }
    if (server != null) {
      server.detach();
    }
    return new Sessions(sums[0] / samples, sums[1] / samples, sums[2] / samples, sums[3] / samples);
  }

  /** Counts the sessions of MariaDB or PostgreSQL in each state. */
  private double[] statements(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(postgres ? POSTGRES_SESSIONS : MARIADB_SESSIONS)) {
      row.next();
      return new double[] {row.getDouble(1), row.getDouble(2), row.getDouble(3), row.getDouble(4)};
    }
  }

  private static String dump(VirtualMachine server) throws Exception {
    // InputStream.readAllBytes() reads only a part of the dump on JDK 17.
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (InputStream dump = ((HotSpotVirtualMachine) server).remoteDataDump()) {
      dump.transferTo(text);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static String ownStacks() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              text.append("\n\n\"").append(thread.getName()).append("\" ").append(thread.getState());
              Arrays.stream(stack).forEach(frame -> text.append("\n at ").append(frame));
            });
    return text.toString();
  }

  /** Counts the threads in each state that use H2, or wait for the product's lock for H2. */
  private static double[] stacks(String dump) {
    double[] counts = new double[4];
    for (String thread : dump.split("\n\n")) {
      boolean inH2 = thread.contains("org.h2.");
      boolean parked = thread.contains("Unsafe.park") || thread.contains("Object.wait");
      if (thread.contains("ReentrantReadWriteLock$WriteLock.lock")
              && thread.contains("Database.withLock")
          || inH2 && (parked || thread.contains("BLOCKED"))) {
        counts[0]++;
      } else if (inH2 && thread.contains("FileDispatcherImpl")) {
        counts[1]++;
      } else if (inH2) {
        counts[2]++;
      } else if (thread.contains("Database.oneTransaction")) {
        counts[3]++;
      }
    }
    return counts;
  }

  // The table

  private void print(Row row, Map<Row, List<Measured>> measured) {
    List<Measured> own = measured.get(row);
    List<Measured> bare =
        measured.entrySet().stream()
            .filter(other -> !other.getKey().http() && other.getKey().work().equals(row.work()))
            .filter(other -> other.getKey().clients() == Math.min(row.clients(), MANY))
            .findFirst()
            .orElseThrow()
            .getValue();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      ratios.add(own.get(i).rate() / bare.get(i).rate());
    }
    double rate = median(own, Measured::rate);
    Sessions sessions =
        new Sessions(
            median(own, one -> one.sessions().locked()),
            median(own, one -> one.sessions().writing()),
            median(own, one -> one.sessions().running()),
            median(own, one -> one.sessions().idle()));
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %d | %s | %s | %.1f | %s | %.2f | %s | %.1f | %.1f | %.1f | %.1f | %s |%n",
        name,
        row.work(),
        row.http() ? "HTTP" : "JDBC",
        row.clients(),
        format(rate < 10 ? "%.1f" : "%.0f", rate),
        row.http() ? format("%.2f", quantile(ratios, 0.5)) : "",
        median(own, Measured::p50),
        own.stream().allMatch(one -> one.changes() >= ENOUGH)
            ? format("%.1f", median(own, Measured::p99))
            : "-",
        median(own, Measured::program),
        databasePid == 0 ? "" : format("%.2f", median(own, Measured::database)),
        sessions.locked(),
        sessions.writing(),
        sessions.running(),
        sessions.idle(),
        limit(row, own, sessions));
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private String limit(Row row, List<Measured> own, Sessions sessions) {
    double p50 = median(own, Measured::p50);
    if (row.http()
        && row.isRevocation()
        && !h2
        && p50 >= LEASE_MILLIS
        && p50 < LEASE_MILLIS + 150) {
      return "the wait for the lease";
    }
    int cores = Runtime.getRuntime().availableProcessors();
    if (median(own, Measured::machine) > 0.9 * cores) {
      return "CPU";
    }
    double most =
        Math.max(
            Math.max(sessions.locked(), sessions.writing()),
            Math.max(sessions.running(), sessions.idle()));
    if (most < 0.5) {
      return "none of these";
    }
    if (most == sessions.locked()) {
      return h2
          ? "one transaction at a time"
          : row.work().equals("revoke") ? "the lock of the counter's row" : "a lock";
    }
    if (most == sessions.writing()) {
      return "the disk";
    }
    return most == sessions.running() ? "statements" : "between statements";
  }

  private static double median(List<Measured> measured, ToDoubleFunction<Measured> value) {
    return quantile(measured.stream().map(value::applyAsDouble).toList(), 0.5);
  }

  private static double quantile(List<Double> values, double quantile) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get((int) (quantile * (sorted.size() - 1)));
  }
}
