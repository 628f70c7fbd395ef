package io.accesstokens.testing;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The calls of the token endpoint, and what is in the tokens that it gives. */
public final class ShortLived {

  /** Where personal tokens are exchanged. */
  public static final String TOKEN = "/api/auth/v1/token";

  /** Where the keys are published. */
  public static final String KEYS = "/api/auth/.well-known/jwks.json";

  private ShortLived() {}

  /** Asks for a token, whatever comes of it. */
  public static Answer tryExchange(Api api, String rawToken) {
    return api.anonymous().form(TOKEN, "grant_type=refresh_token&refresh_token=" + rawToken);
  }

  /** Exchanges a personal token. */
  public static String exchange(Api api, String rawToken) {
    return tryExchange(api, rawToken).ok().getString("access_token");
  }

  /** The header of a token. */
  public static JsonObject header(String jwt) {
    return part(jwt, 0);
  }

  /** The claims of a token. */
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

  /** The ids of the published keys. */
  public static List<String> keyIds(Api api) {
    return ServiceTokens.objects(api.anonymous().get(KEYS).ok(), "keys").stream()
        .map(key -> key.getString("kid"))
        .toList();
  }
}
