package io.accesstokens.testing;

import jakarta.json.JsonObject;

/**
 * A service token that the application has just created.
 *
 * @param token the token, as in the creating response
 */
public record Made(JsonObject token, String rawToken) {

  /** Reads a creating response. Records its raw token, which no later response may contain. */
  public static Made of(Answer answer, Exchanges exchanges) {
    JsonObject json = answer.expect(201).json();
    Made made = new Made(json.getJsonObject("token"), json.getString("rawToken"));
    exchanges.made(made.rawToken());
    return made;
  }

  public String id() {
    return token.getString("id");
  }

  public String name() {
    return token.getString("name");
  }

  /** Omits the secret. */
  @Override
  public String toString() {
    return "Made[" + token + "]";
  }
}
