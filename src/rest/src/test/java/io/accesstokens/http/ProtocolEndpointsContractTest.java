package io.accesstokens.http;

import org.junit.jupiter.api.Nested;

/**
 * Tests the {@link io.accesstokens.http.protocol.ProtocolEndpoints} with all tests of the Jakarta
 * REST resources that have the same rules.
 */
class ProtocolEndpointsContractTest {

  @Nested
  class Verify extends VerifyResourceTest {
    @Override
    ApiFixture fixture() {
      return ApiFixture.direct();
    }
  }

  @Nested
  class Introspect extends IntrospectionEndpointTest {
    @Override
    ApiFixture fixture() {
      return ApiFixture.direct();
    }
  }

  @Nested
  class ClientAuthentication extends ClientAuthenticationTest {
    @Override
    ApiFixture fixture() {
      return ApiFixture.direct();
    }
  }

  @Nested
  class Changes extends ChangesResourceTest {
    @Override
    ApiFixture fixture() {
      return ApiFixture.direct();
    }
  }
}
