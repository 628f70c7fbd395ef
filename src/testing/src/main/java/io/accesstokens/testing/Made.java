package io.accesstokens.testing;

import jakarta.json.JsonObject;

/**
 * A service token that the application has just made.
 *
 * @param token as the creating answer rendered it
 */
public record Made(JsonObject token, String rawToken) {

  /** Reads a creating answer, and notes its raw token as one that must not be seen again. */
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

  /** Not the secret. */
  @Override
  public String toString() {
    return "Made[" + token + "]";
  }
}
