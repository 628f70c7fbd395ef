package io.accesstokens.jwt;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.line;
import static io.accesstokens.testing.FuzzInput.lines;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.PublishedKeys;
import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.verify.EntityRef;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Fuzzes bearer JWTs of trusted issuers, and key sets.
 *
 * <ul>
 *   <li>An input of two lines contains a header and claims, which the issuer signs. The words
 *       {@code ISSUER}, {@code KEY} and {@code LATER} are replaced with the values of a valid
 *       token.
 *   <li>Every other input is used twice: as a received token, and as a downloaded key set.
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JwtFuzzTest {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");
  private static final long LATER = 4_000_000_000L;

  private @Nullable JwtIssuerServer started;
  private @Nullable TrustedIssuers trusting;

  @BeforeAll
  void trust() throws Exception {
    JwtIssuerServer issuer = new JwtIssuerServer();
    started = issuer;
    TrustedIssuer trusted =
        new TrustedIssuer(
            issuer.issuer(),
            JwtIssuerServer.AUDIENCE,
            Set.of("ES256", "RS256"),
            issuer.keys(),
            EntityRefTemplate.ofUsers("{sub}").orElseThrow(),
            EntityRefTemplate.ofGroups("{ent}").orElseThrow(),
            Duration.ofSeconds(60),
            Duration.ofMinutes(3));
    trusting = new TrustedIssuers(List.of(trusted), InstantSource.system());
  }

  @AfterAll
  void end() {
    if (started != null && trusting != null) {
      trusting.close();
      started.close();
    }
  }

  @FuzzTest
  @DictionaryEntries({
    "{\"alg\":\"ES256\",\"kid\":\"KEY\",\"typ\":\"vnd.backstage.user\"}",
    "{\"iss\":\"ISSUER\",\"aud\":\"backstage\",\"exp\":LATER,\"sub\":\"user:default/dave\"}",
    "\"aud\":[\"backstage\"]",
    "\"ent\":[\"group:default/a\"]",
    "\"crit\":[\"b64\"]",
    "\"b64\":false",
    "\"cnf\":",
    "\"nbf\":",
    "\"iat\":",
    "\"typ\":",
    "\"jwk\":{}",
    "\"keys\":[{\"kty\":\"EC\"",
    "\"crv\":\"P-256\"",
    "\"x\":\"",
    "\"x5c\":[",
    "none",
    "HS256"
  })
  void tokens(byte[] input) {
    JwtIssuerServer issuer = started;
    TrustedIssuers issuers = trusting;
    if (issuer == null || issuers == null) {
      throw new AssertionError("not started");
    }
    List<String> lines = lines(input);
    BugDetectors.allowNetworkConnections((host, port) -> LOOPBACK.contains(host));
    if (lines.size() != 2) {
      holds(
          "nothing is accepted without a signature",
          issuers.verify(text(input), SignatureLimit.NONE, null) instanceof JwtVerdict.Refused);
      keys(text(input));
      return;
    }
    String header = line(lines, 0).replace("KEY", issuer.key().getKeyID());
    String claims =
        line(lines, 1).replace("ISSUER", issuer.issuer()).replace("LATER", String.valueOf(LATER));
    String token = issuer.sign(header, claims, issuer.key());
    if (issuers.verify(token, SignatureLimit.NONE, null) instanceof JwtVerdict.Accepted accepted) {
      isGood(issuer, header, claims, accepted);
      String changed = token.substring(0, token.length() - 4) + "AAAA";
      holds(
          "a changed signature",
          issuers.verify(changed, SignatureLimit.NONE, null) instanceof JwtVerdict.Refused);
    }
  }

  private static void isGood(
      JwtIssuerServer issuer, String header, String claims, JwtVerdict.Accepted accepted) {
    try {
      Map<String, Object> head = JSONObjectUtils.parse(header);
      same("alg", "ES256", head.get("alg"));
      for (String member : List.of("jwk", "jku", "x5c", "x5u", "crit")) {
        holds("no " + member, !head.containsKey(member));
      }
      Map<String, Object> body = JSONObjectUtils.parse(claims);
      same("iss", issuer.issuer(), body.get("iss"));
      Object audience = body.get("aud");
      holds(
          "aud",
          JwtIssuerServer.AUDIENCE.equals(audience)
              || (audience instanceof List<?> all && all.contains(JwtIssuerServer.AUDIENCE)));
      holds("exp", body.get("exp") instanceof Number);
      holds("no cnf", !body.containsKey("cnf"));
      same(
          "sub",
          EntityRef.parseUser(String.valueOf(body.get("sub"))).orElse(null),
          accepted.user());
    } catch (ParseException e) {
      throw new AssertionError("it was accepted and is no JSON", e);
    }
  }

  private static void keys(String text) {
    try {
      JWKSet keys = PublishedKeys.parse(text, ignored -> {});
      keys.getKeys().forEach(key -> holds("a type", key.getKeyType() != null));
    } catch (ParseException e) {
      // Rejected, as documented.
    }
  }
}
