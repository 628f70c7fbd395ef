package io.accesstokens.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.exchange.UnverifiedJwt;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.testing.AnonymousContext;
import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ContainerRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which JWTs are accepted. All other JWTs get the same 401 response. */
class JwtAuthenticationFilterTest {

  private static final EntityRef CAROL = EntityRef.parseUser("carol").orElseThrow();
  private static final EntityRef PLATFORM = EntityRef.parseGroup("platform").orElseThrow();
  private static final EntityRef PAYMENTS = EntityRef.parseGroup("payments").orElseThrow();

  private final List<String> refused = new ArrayList<>();
  private final RecordingLimit signatures = new RecordingLimit();
  private JwtIssuerServer issuer;
  private TrustedIssuers issuers;
  private Instant now = Instant.now();
  private boolean directoryDown;

  @BeforeEach
  void trust() throws Exception {
    issuer = new JwtIssuerServer();
    issuers = trusting(UnaryOperator.identity());
  }

  private TrustedIssuers trusting(UnaryOperator<TrustedIssuer> change) {
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
    return new TrustedIssuers(List.of(change.apply(trusted)), (InstantSource) () -> now);
  }

  @AfterEach
  void end() {
    issuers.close();
    issuer.close();
  }

  private static final class RecordingLimit implements SignatureLimit {
    private final List<String> results = new ArrayList<>();
    private @Nullable Duration wait;

    @Override
    public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
      return Optional.ofNullable(wait);
    }

    @Override
    public void recordResult(String subject, @Nullable String clientAddress, boolean valid) {
      results.add(subject + ' ' + clientAddress + ' ' + valid);
    }
  }

  private final class Directory implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return true;
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      if (directoryDown) {
        throw new DirectoryUnavailableException("down", new IOException());
      }
      return user.equals(CAROL) ? Set.of(PAYMENTS) : Set.of();
    }
  }

  private ContainerRequest request(String method, String... authorizations) {
    URI base = URI.create("http://localhost:8080/api/");
    ContainerRequest request =
        new ContainerRequest(
            base,
            base.resolve("x"),
            method,
            new AnonymousContext(true),
            new MapPropertiesDelegate(),
            null);
    for (String authorization : authorizations) {
      request.getHeaders().add("Authorization", authorization);
    }
    request.setProperty("io.accesstokens.clientAddress", "192.0.2.7");
    return request;
  }

  private void filter(ContainerRequest request) {
    PermissionPolicy policy =
        new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE);
    new JwtAuthenticationFilter(
            issuers,
            new Directory(),
            policy,
            (reason, address) -> refused.add(reason + " " + address),
            signatures)
        .filter(request);
  }

  private Actor.Person accepted(String token) {
    ContainerRequest request = request("POST", "Bearer " + token);
    filter(request);
    return (Actor.Person) request.getSecurityContext().getUserPrincipal();
  }

  private void assertRefused(Reason reason, String token) {
    ContainerRequest request = request("GET", "Bearer " + token);
    NotAuthorizedException e =
        assertThrows(NotAuthorizedException.class, () -> filter(request), token);
    assertEquals("the bearer token is not valid", e.getMessage());
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"invalid_token\"",
        e.getResponse().getHeaderString("WWW-Authenticate"));
    assertNull(request.getSecurityContext().getUserPrincipal());
    assertEquals(reason + " 192.0.2.7", refused.remove(0), token);
  }

  private JWTClaimsSet.Builder claims() {
    return issuer.claims("user:default/carol", "group:default/platform");
  }

  @Test
  void backstageTokenAuthenticatesWithGroupsOfTokenAndDirectory() {
    ContainerRequest request =
        request(
            "POST",
            "Bearer "
                + issuer.token(
                    "user:default/carol", "user:default/carol", "group:default/platform"));
    filter(request);
    SecurityContext context = request.getSecurityContext();
    assertEquals(
        new Actor.Person(CAROL, Set.of(PLATFORM, PAYMENTS), "192.0.2.7"),
        context.getUserPrincipal());
    assertTrue(
        context.isUserInRole(Permissions.SERVICE_WRITE),
        "the user may write service tokens of their groups");
    assertFalse(context.isUserInRole(Permissions.INTROSPECT), "the user may not introspect");
    assertTrue(context.isSecure(), "the connection is still secure");
    assertEquals(List.of(), refused);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "bearer  ", "BEARER "})
  void schemeIsCaseInsensitive(String scheme) {
    ContainerRequest request = request("GET", scheme + issuer.token("user:default/carol"));
    filter(request);
    assertEquals("user:default/carol", request.getSecurityContext().getUserPrincipal().getName());
  }

  @Test
  void otherCredentialsAreIgnored() {
    for (String other : List.of("Basic eDp4", "Bearerx y", "DPoP a.b.c", "")) {
      ContainerRequest request = request("GET", other);
      filter(request);
      assertNull(request.getSecurityContext().getUserPrincipal());
    }
    filter(request("GET"));
    assertEquals(0, issuer.requests());
  }

  @Test
  void userWithoutGroupsIsAccepted() {
    Actor.Person dave = accepted(issuer.token("user:default/dave", "user:default/dave"));
    assertEquals(Set.of(), dave.groups());
  }

  @Test
  void tokenTypeInThePayloadIsAccepted() {
    String token =
        issuer.sign(
            claims().claim("typ", "vnd.backstage.user").build(),
            issuer.key(),
            header -> header.type(null));
    assertEquals(CAROL, accepted(token).ref());
  }

  @Test
  void rsaKeysAndTokensWithoutAKeyIdAreAccepted() throws Exception {
    JWK rsa = JwtIssuerServer.rsaKey();
    issuer.signWith(rsa);
    assertEquals(CAROL, accepted(issuer.token("user:default/carol")).ref());
    String withoutKid = issuer.sign(claims().build(), rsa, header -> header.keyID(null));
    assertEquals(CAROL, accepted(withoutKid).ref());
  }

  @Test
  void claimCanBeTheNameOfARef() {
    issuers.close();
    issuers =
        trusting(
            trusted ->
                new TrustedIssuer(
                    trusted.issuer(),
                    trusted.audience(),
                    trusted.algorithms(),
                    trusted.keys(),
                    EntityRefTemplate.ofUsers("user:corp/{preferred_username}").orElseThrow(),
                    EntityRefTemplate.ofGroups("group:corp/{groups}").orElseThrow(),
                    trusted.clockSkew(),
                    trusted.timeout()));
    JWTClaimsSet claims =
        issuer
            .claims("3e1f")
            .claim("preferred_username", "erin")
            .claim("groups", List.of("ops", "/a/b", "group:default/platform", 7))
            .build();
    Actor.Person erin = accepted(issuer.sign(claims));
    assertEquals("user:corp/erin", erin.getName());
    assertEquals(Set.of(new EntityRef("group", "corp", "ops")), erin.groups());
    assertRefused(Reason.NO_USER, issuer.token("user:corp/erin"));
  }

  @Test
  void emailCountsOnlyIfVerified() throws Exception {
    for (boolean byUser : List.of(true, false)) {
      issuers.close();
      issuers =
          trusting(
              trusted ->
                  new TrustedIssuer(
                      trusted.issuer(),
                      trusted.audience(),
                      trusted.algorithms(),
                      trusted.keys(),
                      byUser
                          ? EntityRefTemplate.ofUsers("user:default/{email}").orElseThrow()
                          : trusted.user(),
                      byUser
                          ? trusted.groups()
                          : EntityRefTemplate.ofGroups("group:default/{email}").orElseThrow(),
                      trusted.clockSkew(),
                      trusted.timeout()));
      String expected = byUser ? "user:default/erin@example.com" : "user:default/carol";
      for (Object verified : List.of(true, "true")) {
        assertEquals(expected, accepted(issuer.sign(byEmail(verified))).getName());
      }
      for (Object verified : List.of(false, "false", "", "True", 1, List.of("true"))) {
        assertRefused(Reason.UNVERIFIED_EMAIL, issuer.sign(byEmail(verified)));
      }
      assertRefused(Reason.UNVERIFIED_EMAIL, issuer.sign(byEmail(null)));
    }
  }

  private JWTClaimsSet byEmail(@Nullable Object verified) {
    return issuer
        .claims("user:default/carol")
        .claim("email", "erin@example.com")
        .claim("email_verified", verified)
        .build();
  }

  @Test
  void refsOfDifferentCaseAreOneUser() throws Exception {
    Actor.Person upper = accepted(issuer.token("User:Default/CAROL"));
    assertEquals(CAROL, upper.ref());
    assertEquals(Set.of(PAYMENTS), upper.groups()); // the groups of the directory
  }

  /** Tests more than thirty kinds of invalid tokens. */
  @Test
  void invalidTokensGetTheSame401() throws Exception {
    String good = issuer.sign(claims().build());
    String[] parts = good.split("\\.", -1);
    // No signature, and a MAC (symmetric) whose key is public.
    assertRefused(Reason.MALFORMED, new PlainJWT(claims().build()).serialize());
    assertRefused(Reason.MALFORMED, parts[0] + "." + parts[1] + ".");
    String none = Base64URL.encode("{\"alg\":\"none\"}").toString();
    assertRefused(Reason.MALFORMED, none + "." + parts[1] + "." + parts[2]);
    for (byte[] secret :
        List.of(
            issuer.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
            issuer.key().toECKey().toECPublicKey().getEncoded(),
            ("-----BEGIN PUBLIC KEY-----\n"
                    + Base64.encode(issuer.key().toECKey().toECPublicKey().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.UTF_8))) {
      SignedJWT confused =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(issuer.key().getKeyID()).build(),
              claims().build());
      confused.sign(new MACSigner(secret));
      assertRefused(Reason.UNACCEPTABLE_HEADER, confused.serialize());
    }
    assertRefused(
        Reason.UNACCEPTABLE_HEADER, parts[0].replace(parts[0], header("ES384")) + tail(parts));
    assertRefused(Reason.UNACCEPTABLE_HEADER, header("HS256") + tail(parts));
    assertEquals(0, issuer.requests(), "no key is read for any of these");

    // Another key, and content that differs from the signed content.
    assertRefused(
        Reason.UNKNOWN_KEY,
        issuer.sign(claims().build(), JwtIssuerServer.ellipticKey(), header -> {}));
    assertRefused(
        Reason.WRONG_SIGNATURE,
        issuer.sign(
            claims().build(),
            JwtIssuerServer.ellipticKey(),
            header -> header.keyID(issuer.key().getKeyID())));
    assertRefused(
        Reason.WRONG_SIGNATURE,
        issuer.sign(claims().build(), JwtIssuerServer.ellipticKey(), header -> header.keyID(null)));
    Base64URL alice = Base64URL.encode(claims().subject("user:default/alice").build().toString());
    assertRefused(Reason.WRONG_SIGNATURE, parts[0] + "." + alice + "." + parts[2]);
    char last = parts[2].charAt(40) == 'A' ? 'B' : 'A';
    assertRefused(
        Reason.WRONG_SIGNATURE,
        parts[0]
            + "."
            + parts[1]
            + "."
            + parts[2].substring(0, 40)
            + last
            + parts[2].substring(41));
    assertRefused(
        Reason.WRONG_SIGNATURE, parts[0] + "." + parts[1] + "." + parts[2].substring(0, 20));
    assertRefused(
        Reason.WRONG_SIGNATURE,
        parts[0] + "." + parts[1] + "." + Base64URL.encode(new byte[64])); // CVE-2022-21449
    JWK foreign = JwtIssuerServer.ellipticKey();
    assertRefused(
        Reason.UNACCEPTABLE_HEADER,
        issuer.sign(claims().build(), foreign, header -> header.jwk(foreign.toPublicJWK())));

    // The issuer, the audience and the times.
    assertRefused(
        Reason.UNTRUSTED_ISSUER, issuer.sign(claims().issuer("https://evil.example").build()));
    assertRefused(Reason.UNTRUSTED_ISSUER, issuer.sign(claims().issuer(null).build()));
    assertRefused(
        Reason.UNTRUSTED_ISSUER, issuer.sign(claims().issuer(issuer.issuer() + "/").build()));
    assertRefused(Reason.WRONG_AUDIENCE, issuer.sign(claims().audience("other").build()));
    assertRefused(Reason.WRONG_AUDIENCE, issuer.sign(claims().audience((String) null).build()));
    assertRefused(Reason.EXPIRED, issuer.sign(claims().expirationTime(in(-61)).build()));
    assertRefused(Reason.UNACCEPTABLE_CLAIMS, issuer.sign(claims().expirationTime(null).build()));
    assertRefused(Reason.NOT_YET_VALID, issuer.sign(claims().notBeforeTime(in(120)).build()));
    assertRefused(
        Reason.UNACCEPTABLE_CLAIMS, issuer.sign(claims().claim("cnf", Map.of("jkt", "x")).build()));
    assertRefused(
        Reason.UNACCEPTABLE_CLAIMS,
        issuer.sign(claims().claim("typ", "vnd.backstage.limited-user").build()));
  }

  @Test
  void wrongSignaturesAreCountedAndLimited() throws Exception {
    String good = issuer.sign(claims().build());
    accepted(good);
    assertRefused(
        Reason.WRONG_SIGNATURE,
        issuer.sign(
            claims().build(),
            JwtIssuerServer.ellipticKey(),
            header -> header.keyID(issuer.key().getKeyID())));
    String carol = issuer.issuer() + "\nuser:default/carol 192.0.2.7 ";
    assertEquals(List.of(carol + true, carol + false), signatures.results);
    signatures.wait = Duration.ofSeconds(3);
    ClientErrorException limited = assertThrows(ClientErrorException.class, () -> accepted(good));
    assertEquals(429, limited.getResponse().getStatus());
  }

  private static String header(String algorithm) {
    return Base64URL.encode("{\"alg\":\"" + algorithm + "\"}").toString();
  }

  private static String tail(String[] parts) {
    return "." + parts[1] + "." + parts[2];
  }

  private Date in(long seconds) {
    return Date.from(now.plusSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vnd.backstage.limited-user",
        "vnd.backstage.plugin",
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "JOSE"
      })
  void otherTokenTypesAreRefused(String type) {
    assertRefused(
        Reason.UNACCEPTABLE_HEADER,
        issuer.sign(
            claims().build(), issuer.key(), header -> header.type(new JOSEObjectType(type))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JWT",
        "jwt",
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "application/jwt",
        "vnd.backstage.user"
      })
  void accessTokenTypesAreAccepted(String type) {
    String token =
        issuer.sign(
            claims().build(), issuer.key(), header -> header.type(new JOSEObjectType(type)));
    assertEquals(CAROL, accepted(token).ref());
  }

  /**
   * Tests tokens that the trusted issuer has signed. A token with an unknown header parameter is
   * rejected, and no URL from a header is fetched.
   */
  @Test
  void unknownHeaderParametersAreRefused() throws Exception {
    String key = issuer.key().getKeyID();
    String claims = claims().build().toString();
    try (JwtIssuerServer elsewhere = new JwtIssuerServer()) {
      for (String more :
          List.of(
              "\"crit\":[\"exp\"],\"exp\":1",
              "\"crit\":[\"x\"],\"x\":1",
              "\"crit\":[\"b64\"],\"b64\":true",
              "\"crit\":[\"b64\"],\"b64\":false",
              "\"jku\":\"" + elsewhere.keys() + "\"",
              "\"x5u\":\"" + elsewhere.keys() + "\"",
              "\"x5c\":[\"AAAA\"]",
              "\"jwk\":" + elsewhere.key().toPublicJWK().toJSONString())) {
        assertRefused(
            Reason.UNACCEPTABLE_HEADER,
            issuer.sign(
                "{\"alg\":\"ES256\",\"kid\":\"" + key + "\"," + more + "}", claims, issuer.key()));
      }
      for (String malformed :
          List.of(
              "{\"alg\":\"ES256\",\"kid\":\"" + key + "\",\"crit\":[]}",
              "{\"alg\":\"ES256\",\"kid\":\"" + key + "\",\"kid\":\"" + key + "\"}",
              "{\"alg\":\"HS256\",\"alg\":\"ES256\",\"kid\":\"" + key + "\"}",
              "{\"kid\":\"" + key + "\"}",
              "{\"alg\":7}",
              "[\"ES256\"]",
              "ES256",
              "")) {
        ContainerRequest request =
            request("GET", "Bearer " + issuer.sign(malformed, claims, issuer.key()));
        assertThrows(NotAuthorizedException.class, () -> filter(request), malformed);
      }
      assertEquals(0, elsewhere.requests());
    }
  }

  @Test
  void malformedClaimsAreRefused() {
    String head = "{\"alg\":\"ES256\",\"kid\":\"" + issuer.key().getKeyID() + "\"}";
    String rest = "\"iss\":\"" + issuer.issuer() + "\",\"aud\":\"backstage\",\"exp\":4000000000";
    String subject = "\"sub\":\"user:default/carol\"";
    assertEquals(
        CAROL, accepted(issuer.sign(head, "{" + subject + "," + rest + "}", issuer.key())).ref());
    for (String claims :
        List.of(
            "{" + subject + ",\"sub\":\"user:default/alice\"," + rest + "}",
            "{" + subject + "," + rest + ",\"exp\":4000000001}",
            "{" + subject + "," + rest.replace("4000000000", "\"4000000000\"") + "}",
            "{" + subject + "," + rest.replace("4000000000", "null") + "}",
            "{" + subject + "," + rest.replace("4000000000", "-1") + "}",
            "{" + subject + "," + rest.replace("\"backstage\"", "7") + "}",
            "{" + subject + "," + rest.replace("\"backstage\"", "{}") + "}",
            "{" + subject + "," + rest + ",\"nbf\":\"soon\"}",
            "{" + rest + "}",
            "{\"sub\":null," + rest + "}",
            "{\"sub\":7," + rest + "}",
            "{\"sub\":[\"user:default/carol\"]," + rest + "}",
            "{\"sub\":{}," + rest + "}",
            "[" + subject + "]",
            "null",
            "x",
            "")) {
      ContainerRequest request =
          request("GET", "Bearer " + issuer.sign(head, claims, issuer.key()));
      assertThrows(NotAuthorizedException.class, () -> filter(request), claims);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "carol",
        "default/carol",
        "user:carol",
        "group:default/platform",
        "service-token:group:default/platform:x",
        "user:default/",
        "user:default/a/b",
        "user:default/ca rol",
        "user:default/carol\u0000",
        " user:default/carol",
        ""
      })
  void subjectThatIsNoUserRefIsRefused(String subject) {
    assertRefused(Reason.NO_USER, issuer.token(subject));
  }

  @Test
  void tooLongTokenIsMalformed() {
    assertRefused(Reason.MALFORMED, "a".repeat(UnverifiedJwt.MAX_LENGTH + 1));
    String longToken = issuer.sign(claims().claim("x", "y".repeat(24_000)).build());
    assertTrue(longToken.length() <= UnverifiedJwt.MAX_LENGTH, "length " + longToken.length());
    assertEquals(CAROL, accepted(longToken).ref());
    assertRefused(Reason.MALFORMED, issuer.sign(claims().claim("x", "y".repeat(25_000)).build()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "a.b",
        "a.b.c",
        "..",
        "a..c",
        "a.b.c.d.e",
        "e30.e30.e30",
        "a b.c.d",
        "é.é.é"
      })
  void textThatIsNoJwtIsMalformed(String token) {
    ContainerRequest request = request("GET", "Bearer " + token);
    assertThrows(NotAuthorizedException.class, () -> filter(request));
    assertEquals(List.of("MALFORMED 192.0.2.7"), refused);
    assertEquals(0, issuer.requests());
  }

  @Test
  void charactersThatTheLibraryIgnoresAreMalformed() {
    String[] parts = issuer.token("user:default/carol").split("\\.", -1);
    for (String odd : List.of("=", "!", "+", " ")) {
      assertRefused(Reason.MALFORMED, parts[0] + odd + "." + parts[1] + "." + parts[2]);
      assertRefused(Reason.MALFORMED, parts[0] + "." + parts[1] + "." + parts[2] + odd + "A");
    }
  }

  @Test
  void severalCredentialsAreRefused() {
    String good = "Bearer " + issuer.token("user:default/carol");
    for (String other : List.of(good, "Basic eDp4")) {
      ContainerRequest request = request("GET", good, other);
      assertThrows(NotAuthorizedException.class, () -> filter(request));
      assertNull(request.getSecurityContext().getUserPrincipal());
    }
  }

  @Test
  void tokenIsValidWithinItsTimesAndTheClockSkew() {
    String token = issuer.sign(claims().notBeforeTime(in(3600)).expirationTime(in(7200)).build());
    now = now.plusSeconds(3600 - 61);
    assertRefused(Reason.NOT_YET_VALID, token);
    now = now.plusSeconds(2);
    assertEquals(CAROL, accepted(token).ref());
    now = now.plusSeconds(3600 + 118);
    assertEquals(CAROL, accepted(token).ref());
    now = now.plusSeconds(2);
    assertRefused(Reason.EXPIRED, token);
  }

  @Test
  void oneOfSeveralAudiencesIsEnough() {
    String token = issuer.sign(claims().audience(List.of("other", "backstage")).build());
    assertEquals(CAROL, accepted(token).ref());
  }

  @Test
  void unavailableDirectoryIsNotARefusal() {
    directoryDown = true;
    assertThrows(
        DirectoryUnavailableException.class, () -> accepted(issuer.token("user:default/carol")));
    assertEquals(List.of(), refused);
  }
}
