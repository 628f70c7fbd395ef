package io.accesstokens.testing.client;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Calls the token endpoint, and decodes short-lived tokens (JWTs). */
public final class ShortLivedTokens {

  /** Path of the endpoint that exchanges personal tokens. */
  public static final String TOKEN = "/api/auth/v1/token";

  /** Path of the published public keys. */
  public static final String KEYS = "/api/auth/.well-known/jwks.json";

  private ShortLivedTokens() {}

  /** Exchanges a personal token and returns the response, even if the exchange is rejected. */
  public static ApiResult tryExchange(Api api, String rawToken) {
    return api.anonymous().form(TOKEN, "grant_type=refresh_token&refresh_token=" + rawToken);
  }

  /**
   * Exchanges a personal token for a JWT and returns the JWT. Fails if the exchange is rejected.
   */
  public static String exchange(Api api, String rawToken) {
    return tryExchange(api, rawToken).ok().getString("access_token");
  }

  /** Returns the header of a JWT. */
  public static JsonObject header(String jwt) {
    return part(jwt, 0);
  }

  /** Returns the claims of a JWT. */
  public static JsonObject claims(String jwt) {
    return part(jwt, 1);
  }

  private static JsonObject part(String jwt, int index) {
    byte[] json = Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[index]);
    try (JsonReader reader =
        Json.createReader(new StringReader(new String(json, StandardCharsets.UTF_8)))) {
      return reader.readObject();
    }
  }

  /** Returns the ids ({@code kid}) of the published keys. */
  public static List<String> keyIds(Api api) {
    return ServiceTokens.objects(api.anonymous().get(KEYS).ok(), "keys").stream()
        .map(key -> key.getString("kid"))
        .toList();
  }
}
