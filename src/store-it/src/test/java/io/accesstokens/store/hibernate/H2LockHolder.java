package io.accesstokens.store.hibernate;

import java.sql.Connection;
import java.sql.DriverManager;

/** A process that keeps an H2 file open for 60 seconds, or until it is killed. */
public final class H2LockHolder {

  private H2LockHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (Connection connection = DriverManager.getConnection(arguments[0], "sa", "")) {
      System.out.print(connection.isValid(1) ? '!' : '?');
      System.out.flush();
      Thread.sleep(60_000);
    }
  }
}
