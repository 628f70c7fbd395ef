package io.accesstokens.store.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.DutyCycle;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the daily job for 20,000 tokens that expire in one month, in a process with a small heap.
 */
public class ManyNoticesIT {

  private static final int TOKENS = 20_000;
  private static final int OWNERS = 400;

  @TempDir Path directory;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Test
  void memoryOfTheJobDoesNotDependOnTheNumberOfTokens() throws Exception {
    try (ConnectionPool pool = TestPools.open(database, 5)) {
      Migrations.migrate(pool);
      insert(pool);
      Path log = directory.resolve("job.log");
      Process job =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx16m",
                  "-XX:+UseSerialGC",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ManyNoticesIT.class.getName(),
                  database.url(),
                  database.user(),
                  database.password())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = job.waitFor(8, TimeUnit.MINUTES);
      job.destroyForcibly();
      assertTrue(ended, "the job takes longer than 8 minutes");
      assertEquals(0, job.exitValue(), Files.readString(log));
      Sql sql = new Sql(pool::getConnection);
      assertEquals(TOKENS, sql.count("access_token_notices where mail_pending = false"));
      assertEquals(TOKENS, sql.count("access_token_notice_items"));
      assertEquals(OWNERS, sql.count("access_token_notice_deliveries"));
    }
  }

  private static void insert(ConnectionPool pool) throws SQLException {
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into service_access_tokens (id, name, description, token_hash,"
                    + " token_prefix, group_entity_ref, scopes, created_by, created_at,"
                    + " expires_at) values (?, ?, 'x', ?, 'bsat_abcdefg', ?, '[]',"
                    + " 'user:default/alice', ?, ?)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < TOKENS; i++) {
        UUID id = UUID.randomUUID();
        statement.setString(1, id.toString());
        statement.setString(2, "n" + i);
        statement.setBytes(
            3,
            ByteBuffer.allocate(32)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
        statement.setString(4, "group:default/g" + i % OWNERS);
        statement.setObject(5, now.minusDays(100));
        statement.setObject(6, now.plusSeconds(60 + i * 125L));
        statement.addBatch();
        if (i % 1_000 == 999) {
          statement.executeBatch();
          connection.commit();
        }
      }
    }
  }

  /** Runs the job once. */
  public static void main(String[] arguments) {
    NoticeRouting routing = new NoticeRouting(EnumSet.allOf(NoticeEvent.class), true);
    MailDirectory addresses =
        new MailDirectory() {
          @Override
          public Optional<String> addressOf(EntityRef owner) {
            return Optional.of(owner.name() + "@example.com");
          }

          @Override
          public Set<EntityRef> membersOf(EntityRef group) {
            return Set.of();
          }
        };
    TestDatabase database = new TestDatabase(arguments[0], arguments[1], arguments[2]);
    try (ConnectionPool pool = TestPools.open(database, 5);
        HibernateTokenStore store = new HibernateTokenStore(pool, routing)) {
      new DailyNoticeJob(
              store.dailyNotices(),
              new ExpiryThresholds(List.of(60, 30, 14, 7, 1)),
              routing,
              addresses,
              Duration.ZERO,
              Clock.systemUTC(),
              new UuidGenerator(new SecureRandom()))
          .run(DutyCycle.CONTINUOUS);
    }
  }
}
