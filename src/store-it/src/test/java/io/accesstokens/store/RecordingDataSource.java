package io.accesstokens.store;

import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.testing.TestDouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Records the prepared statements and changed network timeouts of its connections, and counts their
 * transactions.
 */
public final class RecordingDataSource extends DelegatingDataSource {

  private final DataSource target;
  private final Set<String> statements = ConcurrentHashMap.newKeySet();
  private final List<Integer> networkTimeouts = new CopyOnWriteArrayList<>();
  private final AtomicInteger transactions = new AtomicInteger();

  public RecordingDataSource(DataSource target) {
    super(target);
    this.target = target;
  }

  /** Returns the SQL of all prepared statements. */
  public Set<String> statements() {
    return statements;
  }

  /** Returns the network timeouts that were set, in milliseconds. */
  public List<Integer> networkTimeouts() {
    return networkTimeouts;
  }

  /** Returns the number of transactions that were begun. Autocommit does not count. */
  public int transactions() {
    return transactions.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = target.getConnection();
    return TestDouble.around(
        Connection.class,
        connection,
        call -> {
          if (call.name().equals("prepareStatement")) {
            statements.add(String.valueOf(call.argument(0)));
          } else if (call.name().equals("setNetworkTimeout")) {
            networkTimeouts.add((Integer) call.argument(1));
          } else if (call.name().equals("setAutoCommit")
              && Boolean.FALSE.equals(call.argument(0))) {
            transactions.incrementAndGet();
          }
          return call.proceed();
        });
  }
}
