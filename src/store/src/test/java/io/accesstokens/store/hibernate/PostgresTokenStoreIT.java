package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PostgresTokenStoreIT extends DatabaseContract {

  @Override
  ConnectionPool openPool() {
    TestDatabase database = PostgresServer.shared().newDatabase();
    return ConnectionPool.open(database.url(), database.user(), database.password(), 10);
  }

  @Test
  void largestBulkRevocationSucceeds() {
    UUID[] ids =
        IntStream.range(0, RevocationRequest.MAX)
            .mapToObj(i -> put(store, token("ci-" + i)).id())
            .toArray(UUID[]::new);
    assertEquals(Set.of(Revocation.DONE), Set.copyOf(revokeAll(ids).values()));
  }
}
