package io.accesstokens.store.notice;

import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2NoticeStoreIT extends NoticeStoreContract {

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return TestPools.h2(directory.resolve("notices"));
  }
}
