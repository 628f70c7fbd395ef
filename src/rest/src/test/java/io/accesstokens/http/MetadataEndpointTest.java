package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.accesstokens.exchange.MetadataEndpoint;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the published metadata of the issuer (RFC 8414, RFC 7517). */
class MetadataEndpointTest {

  private static final String OPENID = "auth/.well-known/openid-configuration";
  private static final String OAUTH = "auth/.well-known/oauth-authorization-server";

  private final ExchangeFixture fixture = new ExchangeFixture();

  private String published(String path) {
    ApiFixture.Answer answer = fixture.api.anonymous().get(path);
    assertEquals(200, answer.status());
    assertEquals("public, max-age=300", answer.header("Cache-Control"));
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("application/json", answer.header("Content-Type"));
    return answer.text();
  }

  @Test
  void metadataListsTheEndpoints() throws Exception {
    AuthorizationServerMetadata metadata = AuthorizationServerMetadata.parse(published(OAUTH));
    assertEquals(ExchangeFixture.ISSUER, metadata.getIssuer().getValue());
    assertEquals(
        "https://tokens.example/api/auth/v1/token", metadata.getTokenEndpointURI().toString());
    assertEquals(
        "https://tokens.example/api/access-tokens/introspect",
        metadata.getIntrospectionEndpointURI().toString());
    assertEquals(
        "https://tokens.example/api/access-tokens/revoke",
        metadata.getRevocationEndpointURI().toString());
    assertEquals(
        "https://tokens.example/api/" + ExchangeFixture.KEYS, metadata.getJWKSetURI().toString());
    assertEquals("[refresh_token]", metadata.getGrantTypes().toString());
    assertEquals("[S256]", metadata.getCodeChallengeMethods().toString());
    String optional = "[none, client_secret_basic, client_secret_post]";
    assertEquals(optional, metadata.getTokenEndpointAuthMethods().toString());
    assertEquals(optional, metadata.getRevocationEndpointAuthMethods().toString());
    assertEquals(
        "[Bearer, client_secret_basic, client_secret_post]",
        metadata.getIntrospectionEndpointAuthMethods().toString());
  }

  @Test
  void openIdDocumentHasTheSameMetadata() throws Exception {
    OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(published(OPENID));
    assertEquals(ExchangeFixture.ISSUER, metadata.getIssuer().getValue());
    assertEquals(
        "https://tokens.example/api/auth/v1/token", metadata.getTokenEndpointURI().toString());
  }

  @Test
  void onlyPublicKeysArePublished() {
    fixture.keys.rotate(Duration.ofMinutes(15));
    String text = published(ExchangeFixture.KEYS);
    assertFalse(text.contains("\"d\""), "a private key is published");
    List<JsonObject> keys =
        Json.createReader(new StringReader(text))
            .readObject()
            .getJsonArray("keys")
            .getValuesAs(JsonObject.class);
    assertEquals(2, keys.size());
    for (JsonObject key : keys) {
      assertEquals(Set.of("kty", "crv", "x", "y", "kid", "use", "alg"), key.keySet());
    }
  }

  @Test
  void metadataIsNotFoundWithoutTheExchange() {
    ApiFixture metadata = ApiFixture.with(new MetadataEndpoint(null));
    metadata.anonymous().get(ExchangeFixture.KEYS).expect(404);
    metadata.anonymous().get(OPENID).expect(404);
    metadata.anonymous().get(OAUTH).expect(404);
  }
}
