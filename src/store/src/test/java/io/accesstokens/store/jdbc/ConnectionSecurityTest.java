package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionSecurityTest {

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
  void loopbackAddressesAreLocal(String client) {
    assertTrue(ConnectionSecurity.isLocal(client));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.example.com", "127.0.0.1.example.com", "localhost.example.com", ""})
  void otherHostNamesAreNotLocal(String client) {
    assertFalse(ConnectionSecurity.isLocal(client));
  }
}
