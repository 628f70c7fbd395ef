package io.accesstokens.store.hibernate;

import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.PersonalTokenStoreContract;
import io.accesstokens.store.RotationContract;
import io.accesstokens.store.SessionStoreContract;
import io.accesstokens.store.SigningKeyStoreContract;
import io.accesstokens.store.TokenStoreContract;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.store.TokenStore;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contracts on H2 with a JDBC URL that sets no mode, as in a host application. H2 then reports
 * all names in upper case.
 */
class H2UpperCaseNamesIT {

  private static final String[] TABLES = {
    "service_access_tokens",
    "service_access_token_audit_log",
    "service_access_token_daily_uses",
    "personal_access_tokens",
    "personal_access_token_audit_log",
    "access_token_secrets",
    "access_token_rotations",
    "access_token_holders",
    "access_token_changes",
    "access_token_sessions",
    "access_token_signing_keys"
  };

  @TempDir private static Path directory;

  private static OpenedStore opened;

  @BeforeAll
  static void open() {
    opened = new OpenedStore(openPool("tokens"));
  }

  @AfterAll
  static void close() {
    opened.close();
  }

  private static ConnectionPool openPool(String name) {
    return TestPools.h2(H2Database.urlWithoutMode(directory.resolve(name).toAbsolutePath()));
  }

  private static HibernateTokenStore emptyTables() throws SQLException {
    return opened.without(TABLES);
  }

  @Nested
  class ServiceTokens extends TokenStoreContract {

    @Override
    protected TokenStore emptyStore() throws SQLException {
      return emptyTables();
    }
  }

  @Nested
  class PersonalTokens extends PersonalTokenStoreContract {

    @Override
    protected TokenStore emptyStore() throws SQLException {
      return emptyTables();
    }
  }

  @Nested
  class Rotations extends RotationContract {

    @Override
    protected TokenStore emptyStore() throws SQLException {
      return emptyTables();
    }
  }

  @Nested
  class Sessions extends SessionStoreContract {

    @Override
    protected SessionStore emptySessions() throws SQLException {
      return emptyTables().sessions();
    }
  }

  @Nested
  class SigningKeys extends SigningKeyStoreContract {

    @Override
    protected SigningKeyStore emptyKeys() throws SQLException {
      return emptyTables().signingKeys();
    }
  }

  @Nested
  class Imports extends ImportContract {

    @Override
    ConnectionPool openPool() {
      return H2UpperCaseNamesIT.openPool("import");
    }
  }
}
