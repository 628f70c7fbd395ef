package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.Sql;
import java.sql.SQLException;

/** A store on a migrated database that no other test uses. */
public final class OpenedStore implements AutoCloseable {

  private final ConnectionPool pool;
  private final HibernateTokenStore store;

  /**
   * @param pool the pool, which is closed with the store
   */
  public OpenedStore(ConnectionPool pool) {
    this.pool = pool;
    Migrations.migrate(pool);
    this.store = new HibernateTokenStore(pool);
  }

  HibernateTokenStore store() {
    return store;
  }

  /** Deletes all rows of the given tables, and returns the store. */
  public HibernateTokenStore without(String... tables) throws SQLException {
    for (String table : tables) {
      execute("delete from " + table);
    }
    return store;
  }

  /** Runs a statement, which can take longer than a statement of the store. */
  public void execute(String sql) throws SQLException {
    new Sql(new NoTimeoutDataSource(pool)::getConnection).execute(sql);
  }

  @Override
  public void close() {
    store.close();
    pool.close();
  }
}
