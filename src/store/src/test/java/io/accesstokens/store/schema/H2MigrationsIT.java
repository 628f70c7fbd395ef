package io.accesstokens.store.schema;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2MigrationsIT {

  @Test
  void refsOfEarlierVersionsBecomeLowerCase(@TempDir Path folder) throws Exception {
    String url = H2Database.url(folder.resolve("tokens").toAbsolutePath());
    try (ConnectionPool pool = ConnectionPool.open(url, "sa", "", 3)) {
      MigrationsContract.refsBecomeLowerCase(pool);
    }
  }
}
