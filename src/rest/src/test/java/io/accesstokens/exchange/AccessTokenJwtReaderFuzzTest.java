package io.accesstokens.exchange;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.line;
import static io.accesstokens.testing.FuzzInput.lines;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.util.Base64URL;
import io.accesstokens.exchange.AccessTokenJwtReader.Reading;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKey;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.store.memory.InMemorySigningKeyStore;
import io.accesstokens.verify.EntityRef;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * Fuzzes short-lived tokens.
 *
 * <ul>
 *   <li>An input of two lines contains a header and claims, which the key of this server signs. The
 *       word {@code KEY} is replaced with the id of that key.
 *   <li>Every other input is used as a received token.
 * </ul>
 */
class AccessTokenJwtReaderFuzzTest {

  private static final EntityRef DAVE = EntityRef.parseUser("dave").orElseThrow();

  private final Issuer issuer = new Issuer(URI.create("https://tokens.example"));
  private final SigningKeys keys =
      SigningKeys.open(
          new InMemorySigningKeyStore(),
          KeySeal.random(new SecureRandom()),
          Duration.ofDays(90),
          Clock.systemUTC(),
          new SecureRandom());
  private final AccessTokenJwtReader reader =
      new AccessTokenJwtReader(issuer, keys, Clock.systemUTC());
  private final AccessTokenSigner signer = new AccessTokenSigner(issuer, keys);

  @FuzzTest
  @DictionaryEntries({
    "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"KEY\"}",
    "{\"iss\":\"https://tokens.example\",\"client_id\":\"access-tokens\"",
    "\"aud\":[\"a\"]",
    "\"exp\":4000000000",
    "\"iat\":1",
    "\"jti\":\"a\"",
    "\"scope\":\"a b\"",
    "\"ent\":[]",
    "\"parent_jti\":\"00000000-0000-0000-0000-000000000000\"",
    "\"sub\":\"user:default/dave\"",
    "\"crit\":[\"b64\"]",
    "\"b64\":false",
    "\"cnf\":{}",
    "\"jwk\":{}",
    "none"
  })
  void tokens(byte[] input) {
    List<String> lines = lines(input);
    if (lines.size() != 2) {
      String text = text(input);
      var unused = reader.isOurs(text);
      holds("nothing is good without a signature", reader.read(text) instanceof Reading.Invalid);
      signed(text);
      return;
    }
    String token = sign(line(lines, 0), line(lines, 1));
    if (reader.read(token) instanceof Reading.Valid valid) {
      holds("it is ours", reader.isOurs(token));
      same("the kind of the user", EntityRef.USER, valid.token().user().kind());
      holds("it is not over", valid.token().expiresAt().isAfter(Instant.now().minusSeconds(1)));
      String changed = token.substring(0, token.length() - 4) + "AAAA";
      holds("a changed signature", reader.read(changed) instanceof Reading.Invalid);
    }
  }

  private String sign(String header, String claims) {
    SigningKey key = keys.current();
    String content =
        Base64URL.encode(header.replace("KEY", key.id())) + "." + Base64URL.encode(claims);
    try {
      return content
          + '.'
          + new ECDSASigner(key.privateKey())
              .sign(new JWSHeader(JWSAlgorithm.ES256), content.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new AssertionError("ES256 is known", e);
    }
  }

  /** Asserts that the server accepts a token that it has signed, with the same content. */
  private void signed(String scope) {
    if (!scope.matches("[a-z:]{1,20}")) {
      return;
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    AccessTokenJwt token =
        new AccessTokenJwt(
            scope,
            UUID.nameUUIDFromBytes(scope.getBytes(StandardCharsets.UTF_8)),
            DAVE,
            List.of(scope),
            List.of(scope),
            now,
            now.plusSeconds(300));
    same(
        "the token that was signed",
        new Reading.Valid(token),
        reader.read(signer.sign(token, List.of())));
  }
}
