package io.accesstokens.store.hibernate;

import java.nio.file.Path;

/** An embedded database of one test. */
public final class H2Database {

  private H2Database() {}

  /** Returns the JDBC URL in the form that the application uses. */
  public static String url(Path file) {
    return urlWithoutMode(file)
        + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";
  }

  /** Returns a JDBC URL in the form that a host application can use. */
  public static String urlWithoutMode(Path file) {
    return "jdbc:h2:file:" + file + ";WRITE_DELAY=0";
  }
}
