package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.schema.Migrations;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the store in a host application that uses Hibernate for its own entities. */
public class HostSettingsIT {

  @TempDir Path directory;

  private String url() {
    return H2Database.urlWithoutMode(directory.resolve("tokens").toAbsolutePath());
  }

  /** Hibernate reads these settings once, when its classes are loaded. */
  @Test
  void settingsOfTheHostDoNotAffectTheStore() throws Exception {
    Files.writeString(
        directory.resolve("hibernate.properties"),
        """
        hibernate.default_schema=shop
        hibernate.globally_quoted_identifiers=true
        hibernate.session_factory.statement_inspector=%s
        """
            .formatted(Inspector.class.getName()));
    Path output = directory.resolve("output.txt");
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dhibernate.hbm2ddl.auto=create-drop",
                "-Djakarta.persistence.schema-generation.database.action=drop-and-create",
                "-Dhibernate.tenant_identifier_resolver=" + Tenants.class.getName(),
                "-cp",
                directory + File.pathSeparator + System.getProperty("java.class.path"),
                HostSettingsIT.class.getName(),
                url())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = host.waitFor(2, TimeUnit.MINUTES);
    host.destroyForcibly();
    assertTrue(ended, "the host does not end");
    String text = Files.readString(output);
    assertEquals(0, host.exitValue(), text);
    assertTrue(text.endsWith("1 token"), text);
  }

  /**
   * Migrates a database, creates a token, and lists the tokens with a second store.
   *
   * @param arguments the URL of the database
   */
  public static void main(String[] arguments) {
    JdbcConnectionPool host = JdbcConnectionPool.create(arguments[0], "sa", "");
    Migrations.migrate(host);
    try (HibernateTokenStore store = new HibernateTokenStore(host)) {
      Samples.put(store, Samples.token("ci"));
    }
    try (HibernateTokenStore store = new HibernateTokenStore(host)) {
      System.out.print(store.list(Samples.everything(10), NOON).tokens().size() + " token");
    }
    host.dispose();
  }

  /** Changes each statement so that it fails. */
  public static final class Inspector implements StatementInspector {

    private static final long serialVersionUID = 1;

    @Override
    public String inspect(String sql) {
      return "not " + sql;
    }
  }

  /** Has no tenant outside of a request of the host. */
  public static final class Tenants implements CurrentTenantIdentifierResolver<String> {

    @Override
    public String resolveCurrentTenantIdentifier() {
      throw new IllegalStateException("no tenant");
    }

    @Override
    public boolean validateExistingCurrentSessions() {
      return true;
    }
  }

  @Test
  void loggerOfHibernateKeepsItsLevel() {
    JdbcConnectionPool host = JdbcConnectionPool.create(url(), "sa", "");
    Migrations.migrate(host);
    try (HibernateTokenStore store = new HibernateTokenStore(host)) {
      store.ping();
      assertNull(Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper").getLevel());
    } finally {
      host.dispose();
    }
  }
}
