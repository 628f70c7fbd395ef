package io.accesstokens.store.hibernate;

import java.nio.file.Path;

/** An embedded database of a test's own. */
final class H2Database {

  private H2Database() {}

  /** Its URL, as the application makes it. */
  static String url(Path file) {
    return "jdbc:h2:file:"
        + file
        + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0";
  }
}
