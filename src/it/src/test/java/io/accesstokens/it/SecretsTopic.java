package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.objects;
import static io.accesstokens.testing.client.ServiceTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Secrets;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests, after all other topics, that each secret is only in the response that created it. */
abstract class SecretsTopic extends Topic {

  private static final String LAST_CLIENT = "last-client/1";

  /** Returns the current content of the store in pieces, such as a file or a table. */
  abstract List<byte[]> stored() throws Exception;

  @BeforeAll
  void sendSecretsEverywhere() {
    sendEverywhere(new PersonalTokens(dave).create().rawToken());
    TestToken made = tokens.create();
    sendEverywhere(made.rawToken());
    use(made.rawToken(), LAST_CLIENT);
    // Uses are stored with a delay, together with what the clients sent.
    Awaitility.await("the uses are stored")
        .until(
            () ->
                objects(alice.get(path(made.id()) + "/usage").ok(), "callers").stream()
                    .anyMatch(caller -> caller.getString("client", "").equals(LAST_CLIENT)));
  }

  private void use(String raw, String userAgent) {
    anonymous.bearer(raw).call("GET", WHOAMI).header("User-Agent", userAgent).send();
  }

  /**
   * Sends a raw token in every wrong way that a response, the log or the store could record. One of
   * the requests revokes the token.
   */
  private void sendEverywhere(String raw) {
    for (String path : List.of(OAuthTopic.INTROSPECT, OAuthTopic.REVOKE, VerifyTopic.VERIFY)) {
      for (String form : List.of("token=" + raw, "token=" + raw + "%", raw, "")) {
        alice.form(path, form);
        alice.form(path + "?token=" + raw, form);
        alice.form(path + "?access_token=" + raw + "&x=%FF", form);
      }
      alice.post(path, "{\"token\":\"" + raw + "\"}");
      alice.get(path + "?token=" + raw + "&scope=" + raw);
      dave.get(PersonalTokens.PATH + "?token=" + raw);
      dave.get(PersonalTokens.path(raw));
      dave.delete(PersonalTokens.path(raw), "{\"reason\":7,\"token\":\"" + raw + "\"}");
      dave.post(PersonalTokens.PATH, "{\"name\":\"" + raw + ";\"}");
      alice.get(path + "/" + raw);
      alice
          .call("GET", path)
          .header("User-Agent", "client/1 " + raw)
          .header("X-Request-Id", raw)
          .header("traceparent", "00-" + raw + "-00f067aa0ba902b7-01")
          .header("Cookie", "session=" + raw)
          .send();
      use(raw, raw); // accepted at first, and refused after the revocation
      use(raw, "client/1 " + raw);
      anonymous.bearer(raw).get(path + "?scope=" + raw);
    }
  }

  @Test
  void secretsAreInTheCreatingResponseOnly() {
    Set<String> secrets = alice.exchanges().rawTokens();
    assertTrue(secrets.size() > 50, "too few tokens were made to show anything");
    Secrets search = Secrets.of(secrets);
    List<String> leaks =
        alice.exchanges().answersWithoutNewSecret().stream()
            .map(ApiResult::everything)
            .filter(text -> search.findIn(text).isPresent())
            .toList();
    assertEquals(List.of(), leaks);
  }

  @Test
  void creatingResponseHasTheSecretOnce() {
    for (ApiResult answer : alice.exchanges().answers()) {
      if (answer.hasNewSecret()) {
        String raw = answer.json().getString("rawToken");
        String rest = answer.everything().replaceFirst(raw, "");
        assertFalse(rest.contains(raw), "a raw token is twice in one answer");
      }
    }
  }

  @Test
  void logContainsNoSecret() throws Exception {
    String log = application.log();
    assertTrue(log.contains("\"created\""), "the log is not the one that was written");
    assertTrue(log.contains("\"minted\""), "no personal token was made to look for");
    assertEquals(Optional.empty(), Secrets.of(alice.exchanges().rawTokens()).findIn(log));
    for (String person : List.of("alice", "bob", "carol", "dave")) {
      String pair = person + ':' + person;
      String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      assertFalse(log.contains(basic), "a Basic credential is in the log");
    }
    assertFalse(log.contains("Authorization:"), "a credential header is in the log");
    assertFalse(log.toLowerCase(Locale.ROOT).contains("pbkdf2"), "a hash is in the log");
  }

  @Test
  void storeContainsNoSecret() throws Exception {
    Secrets search = Secrets.of(alice.exchanges().rawTokens());
    String known = tokens.create().token().getString("name");
    // The store may write with a delay. The search must be able to find the name of a token.
    List<String> all =
        Awaitility.await("the search sees what is stored")
            .until(
                this::storedTexts, texts -> texts.stream().anyMatch(text -> text.contains(known)));
    for (String text : all) {
      assertEquals(Optional.empty(), search.findIn(text));
    }
  }

  private List<String> storedTexts() throws Exception {
    return stored().stream().map(piece -> new String(piece, StandardCharsets.ISO_8859_1)).toList();
  }
}
