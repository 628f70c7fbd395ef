package io.accesstokens.login.openid;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.UnknownHost;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests valid and invalid responses of an OpenID provider. */
class OpenIdProviderTest {

  private static final String CLIENT = "access-tokens";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  /** The timeout of the test in which the provider does not respond. */
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  /** The timeout of all other tests, too long for a busy machine to exceed. */
  private static final Duration LONG_TIMEOUT = Duration.ofMinutes(3);

  private final OpenIdAttempt attempt = OpenIdAttempt.start("/", false, new SecureRandom());
  private RSAKey key;
  private volatile String keys;
  private HttpServer server;
  private String issuer;
  private OpenIdProvider provider;

  private volatile String metadata;
  private volatile int tokenStatus = 200;
  private volatile String tokenAnswer = "";
  private volatile boolean hanging;
  private @Nullable String secret = SECRET;
  private volatile String received = "";
  private volatile int userInfoStatus = 200;
  private volatile String userInfo = "";
  private volatile String userInfoCredentials = "";

  private static RSAKey usual;
  private static RSAKey other;

  /** Creates the keys of all tests, because the creation of a key takes longer than any test. */
  @BeforeAll
  static void makeKeys() throws JOSEException {
    usual = new RSAKeyGenerator(2048).keyID("one").algorithm(JWSAlgorithm.RS256).generate();
    other = new RSAKeyGenerator(2048).algorithm(JWSAlgorithm.RS256).generate();
  }

  @BeforeEach
  void start() throws Exception {
    key = usual;
    keys = new JWKSet(key.toPublicJWK()).toString();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setExecutor(Executors.newCachedThreadPool());
    issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    metadata =
        """
        {"issuer": "%1$s", "authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token",
         "jwks_uri": "%1$s/keys", "end_session_endpoint": "%1$s/end",
         "response_types_supported": ["code"], "subject_types_supported": ["public"],
         "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
        """
            .formatted(issuer);
    server.createContext(
        "/.well-known/openid-configuration", exchange -> answer(exchange, 200, metadata));
    server.createContext("/keys", exchange -> answer(exchange, 200, keys));
    server.createContext(
        "/token",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          received = exchange.getRequestHeaders().getFirst("Authorization") + ' ' + body;
          answer(exchange, tokenStatus, tokenAnswer);
        });
    server.start();
    provider = provider(Instant::now, LONG_TIMEOUT);
  }

  private OpenIdProvider provider(InstantSource clock, Duration timeout) {
    return new OpenIdProvider(registration(OpenIdRegistration.Groups.NONE), clock, timeout);
  }

  @AfterEach
  void stop() {
    provider.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    while (hanging) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Returns a key that is not the published one, with the given id. */
  private static RSAKey otherKey(String id) {
    return new RSAKey.Builder(other).keyID(id).build();
  }

  private OpenIdRegistration registration(OpenIdRegistration.Groups groups) {
    return new OpenIdRegistration(
        URI.create(issuer),
        URI.create("https://tokens.example/base"),
        CLIENT,
        secret == null ? null : () -> SECRET,
        List.of("profile"),
        "title",
        EntityRefTemplate.ofUsers("user:default/{preferred_username}").orElseThrow(),
        groups);
  }

  private JWTClaimsSet.Builder claims() {
    return claims(attempt);
  }

  private JWTClaimsSet.Builder claims(OpenIdAttempt of) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .subject("42")
        .audience(CLIENT)
        .claim("nonce", of.nonce())
        .claim("preferred_username", "erin")
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(Instant.now().plusSeconds(300)));
  }

  private static String signed(RSAKey by, JWTClaimsSet claims) throws JOSEException {
    return signed(by, JWSAlgorithm.RS256, claims);
  }

  private static String signed(RSAKey by, JWSAlgorithm algorithm, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(algorithm).keyID(by.getKeyID()).build(), claims);
    jwt.sign(new RSASSASigner(by));
    return jwt.serialize();
  }

  private void give(String idToken) {
    tokenAnswer =
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"" + idToken + "\"}";
  }

  private OpenIdProvider.Identity identity() {
    return provider.identity("the-code", null, attempt, null);
  }

  @Test
  void validTokenIdentifiesTheUser() throws Exception {
    give(signed(key, claims().build()));
    assertEquals("erin", identity().claims().get("preferred_username"));
    assertEquals(
        Optional.of(EntityRef.parseUser("erin").orElseThrow()),
        provider.registration().userOf(identity().claims()));
    assertTrue(received.startsWith("Basic "), received);
    assertTrue(received.contains("code_verifier=" + attempt.codeVerifier()), received);
    assertTrue(
        received.contains(
            "redirect_uri=https%3A%2F%2Ftokens.example%2Fbase%2Fapi%2Faccess-tokens%2Fsession"
                + "%2Foidc%2Fcallback"),
        received);
  }

  @Test
  void freshSignInIsRequestedAndVerified() throws Exception {
    OpenIdAttempt fresh = OpenIdAttempt.start("/", true, new SecureRandom());
    String url = provider.authenticationRequest(fresh).toString();
    assertTrue(url.contains("prompt=login") && url.contains("max_age=0"), url);
    String usual = provider.authenticationRequest(attempt).toString();
    assertFalse(usual.contains("prompt=") || usual.contains("max_age="), usual);
    assertTrue(
        OpenIdAttempt.parse(fresh.cookie()).orElseThrow().isFresh(),
        "a fresh attempt stays fresh in its cookie");
    assertFalse(
        OpenIdAttempt.parse(attempt.cookie()).orElseThrow().isFresh(),
        "a usual attempt is not fresh");

    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Map<String, Object> stale = new HashMap<>();
    stale.put("absent", null);
    stale.put("half an hour ago", now.minusSeconds(1_800).getEpochSecond());
    stale.put("a text", String.valueOf(now.getEpochSecond()));
    for (Map.Entry<String, Object> one : stale.entrySet()) {
      give(signed(key, claims(fresh).claim("auth_time", one.getValue()).build()));
      assertThrows(
          OpenIdRefusedException.class,
          () -> provider.identity("the-code", null, fresh, null),
          one.getKey());
    }
    give(signed(key, claims(fresh).claim("auth_time", now.getEpochSecond()).build()));
    assertEquals(now, provider.identity("the-code", null, fresh, null).authenticatedAt());
  }

  @Test
  void tokenForSeveralAudiencesNamesThisServiceAsTheAuthorizedParty() throws Exception {
    give(signed(key, claims().audience(List.of("x", CLIENT)).claim("azp", CLIENT).build()));
    identity();
  }

  @Test
  void signInTimeComesFromTheProvider() throws Exception {
    give(signed(key, claims().build()));
    assertNull(identity().authenticatedAt());
    give(signed(key, claims().claim("auth_time", 1_000_000_000L).build()));
    assertEquals(Instant.ofEpochSecond(1_000_000_000L), identity().authenticatedAt());
    give(signed(key, claims().claim("auth_time", Instant.now().getEpochSecond() + 86_400).build()));
    Instant future = identity().authenticatedAt();
    assertTrue(
        future != null && !future.isAfter(Instant.now()),
        "a time in the future is cut to the current time");
  }

  @Test
  void clocksMayDifferByAMinute() throws Exception {
    // After a stop of the machine, the token has expired for more than a minute.
    TimeLimits.repeatAfterStop(
        () -> {
          Date past = Date.from(Instant.now().minusSeconds(40));
          give(signed(key, claims().expirationTime(past).build()));
          identity();
        });
    Instant now = Instant.now();
    give(signed(key, claims().issueTime(Date.from(now.plusSeconds(40))).build()));
    identity();
    give(signed(key, claims().notBeforeTime(Date.from(now.plusSeconds(40))).build()));
    identity();
  }

  @Test
  void invalidTokensAreRefused() throws Exception {
    Instant now = Instant.now();
    RSAKey otherKey = otherKey("one");
    Map<String, UnaryOperator<JWTClaimsSet.Builder>> wrong = new HashMap<>();
    wrong.put("issuer", claims -> claims.issuer("https://evil.example"));
    wrong.put("audience", claims -> claims.audience("another"));
    wrong.put("several audiences", claims -> claims.audience(List.of(CLIENT, "another")));
    wrong.put("authorized party", claims -> claims.claim("azp", "another"));
    wrong.put("malformed authorized party", claims -> claims.claim("azp", List.of(CLIENT)));
    wrong.put("nonce", claims -> claims.claim("nonce", "another"));
    wrong.put("no nonce", claims -> claims.claim("nonce", null));
    wrong.put("expired", claims -> claims.expirationTime(Date.from(now.minusSeconds(120))));
    wrong.put("no end", claims -> claims.expirationTime(null));
    wrong.put("from the future", claims -> claims.issueTime(Date.from(now.plusSeconds(600))));
    wrong.put("not started", claims -> claims.notBeforeTime(Date.from(now.plusSeconds(600))));
    wrong.put("no subject", claims -> claims.subject(null));
    for (Map.Entry<String, UnaryOperator<JWTClaimsSet.Builder>> one : wrong.entrySet()) {
      give(signed(key, one.getValue().apply(claims()).build()));
      refused(one.getKey());
    }
    give(signed(otherKey, claims().build()));
    refused("another's key");
    give(new PlainJWT(claims().build()).serialize());
    refused("alg none");
    for (byte[] secret :
        List.of(SECRET.getBytes(StandardCharsets.UTF_8), key.toRSAPublicKey().getEncoded())) {
      SignedJWT mac =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims().build());
      mac.sign(new MACSigner(secret));
      give(mac.serialize());
      refused("a MAC");
    }
    give(signed(key, claims().build()).replaceFirst("\\.[^.]*\\.", ".e30."));
    refused("other claims");
    give("no.jwt");
    refused("no JWT");
    tokenAnswer = "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}";
    refused("no ID token");
    tokenAnswer = "<html>";
    refused("no JSON");
    tokenStatus = 400;
    tokenAnswer = "{\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}";
    refused("no token");
    tokenAnswer = "{}";
    refused("no error either");
    tokenAnswer = "{\"error\":\"erin is not a user\"}";
    refused("a malformed error code");
    tokenStatus = 403;
    tokenAnswer = "{\"error\":\"invalid_grant\"}";
    refused("no token, with another status");
  }

  @Test
  void onlyWellFormedErrorCodesAreLogged() {
    assertEquals("invalid_scope", OpenIdProvider.loggable("invalid_scope"));
    List<@Nullable String> malformed = new ArrayList<>();
    malformed.add(null);
    malformed.addAll(
        List.of("", "a b", "a\nb", "a\"", "a\\", "{0}", "\u001b[2J", "\u00fc", "a".repeat(41)));
    for (String code : malformed) {
      assertEquals("unknown error", OpenIdProvider.loggable(code), code);
    }
  }

  @Test
  void algorithmThatTheProviderDoesNotAnnounceIsRefused() throws Exception {
    RSAKey forAnyAlgorithm = new RSAKey.Builder(usual).algorithm(null).build();
    keys = new JWKSet(forAnyAlgorithm.toPublicJWK()).toString();
    give(signed(forAnyAlgorithm, JWSAlgorithm.PS256, claims().build()));
    refused("an algorithm that the provider does not announce");
    metadata = metadata.replace("id_token_signing_alg_values_supported", "absent");
    try (OpenIdProvider silent = provider(Instant::now, LONG_TIMEOUT)) {
      silent.identity("the-code", null, attempt, null);
    }
  }

  /** The library cannot verify such a signature with the cryptography of the JDK. */
  @Test
  void algorithmThatIsNotSupportedIsNamedAsTheReason() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] spki = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(spki, spki.length - 32, spki.length);
    OctetKeyPair published =
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).keyID("ed").build();
    keys = new JWKSet(List.of(published, key.toPublicJWK())).toString();
    for (String algorithm : List.of("EdDSA", "Ed25519")) {
      metadata = metadata.replaceFirst("\\[\"RS256\"", "[\"" + algorithm + "\", \"RS256\"");
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID("ed").build();
      SignedJWT jwt = new SignedJWT(header, claims().build());
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(jwt.getSigningInput());
      give(
          new SignedJWT(
                  header.toBase64URL(),
                  jwt.getPayload().toBase64URL(),
                  Base64URL.encode(signer.sign()))
              .serialize());
      String reason = refused(algorithm);
      assertTrue(reason.startsWith("alg of the ID token is not supported"), reason);
    }
    give(signed(key, claims().build()));
    identity();
  }

  @Test
  void clientAuthenticatesByAMethodOfTheProvider() throws Exception {
    String inBody = "client_secret=" + SECRET;
    assertTokenRequest("Basic ", inBody, "client_secret_basic", "client_secret_post");
    assertTokenRequest("Basic ", inBody, "private_key_jwt");
    String posted = assertTokenRequest("null ", "client_assertion", "client_secret_post");
    assertTrue(posted.contains(inBody) && posted.contains("client_id=" + CLIENT), posted);
    secret = null;
    String open = assertTokenRequest("null ", "client_secret", "client_secret_post", "none");
    assertTrue(open.contains("client_id=" + CLIENT), open);
  }

  /**
   * Sends a token request to a provider that supports these methods. Asserts that the request has
   * this authorization and not this text in its body. Returns the request.
   */
  private String assertTokenRequest(String authorization, String absent, String... methods)
      throws Exception {
    String before = metadata;
    metadata =
        metadata.replaceFirst(
            "\\{",
            "{\"token_endpoint_auth_methods_supported\": [\""
                + String.join("\",\"", methods)
                + "\"],");
    give(signed(key, claims().build()));
    try (OpenIdProvider one = provider(Instant::now, LONG_TIMEOUT)) {
      one.identity("the-code", null, attempt, null);
    }
    metadata = before;
    assertTrue(received.startsWith(authorization), received);
    assertFalse(received.contains(absent), received);
    return received;
  }

  @Test
  void claimsThatTheIdTokenLacksComeFromTheUserInfo() throws Exception {
    provideUserInfo();
    JWTClaimsSet bare = claims().claim("preferred_username", null).claim("name", "Erin").build();
    give(signed(key, bare));
    userInfo =
        """
        {"sub": "42", "preferred_username": "erin", "name": "other", "groups": ["staff"],
         "email": "erin@tokens.example", "email_verified": true}
        """;
    Map<String, Object> claims = identity().claims();
    assertEquals("erin", claims.get("preferred_username"));
    assertEquals("Erin", claims.get("name"), "the ID token precedes");
    assertEquals(List.of("staff"), claims.get("groups"));
    assertEquals(true, claims.get("email_verified"));
    assertEquals("Bearer a", userInfoCredentials);

    give(
        signed(key, new JWTClaimsSet.Builder(bare).claim("email", "other@tokens.example").build()));
    assertNull(identity().claims().get("email_verified"), "it says nothing about another address");

    userInfoCredentials = "";
    give(signed(key, claims().build()));
    identity();
    assertEquals("", userInfoCredentials, "the ID token has all that is needed");
    OpenIdRegistration.Groups groups = new OpenIdRegistration.Groups("groups", Map.of(), null);
    assertTrue(
        registration(groups).isComplete(claims().claim("groups", List.of()).build().getClaims()),
        "a user without groups");
    assertFalse(registration(groups).isComplete(claims().build().getClaims()), "no claim");
  }

  @Test
  void malformedUserInfoIsRefusedAndAnOutageIsReported() throws Exception {
    provideUserInfo();
    give(signed(key, claims().claim("preferred_username", null).build()));
    for (String wrong :
        List.of(
            "{\"sub\": \"43\", \"preferred_username\": \"erin\"}",
            "{\"preferred_username\": \"erin\"}",
            "[]",
            "<html>")) {
      userInfo = wrong;
      refused(wrong.replace("erin", "a user"));
    }
    userInfo = "{\"error\": \"invalid_token\"}";
    userInfoStatus = 401;
    assertNull(identity().claims().get("preferred_username"), "the provider refuses the request");
    userInfoStatus = 503;
    assertThrows(OpenIdUnavailableException.class, this::identity);
  }

  /** Gives the provider a UserInfo endpoint. */
  private void provideUserInfo() {
    metadata = metadata.replaceFirst("\\{", "{\"userinfo_endpoint\": \"" + issuer + "/userinfo\",");
    server.createContext(
        "/userinfo",
        exchange -> {
          userInfoCredentials = exchange.getRequestHeaders().getFirst("Authorization");
          answer(exchange, userInfoStatus, userInfo);
        });
  }

  /** Asserts that the sign-in is refused without the name of the user. Returns the reason. */
  private String refused(String what) {
    OpenIdRefusedException e = assertThrows(OpenIdRefusedException.class, this::identity, what);
    String reason = String.valueOf(e.getMessage());
    assertFalse(reason.contains("erin"), what);
    return reason;
  }

  @Test
  void responseOfAnotherProviderIsRefused() throws Exception {
    give(signed(key, claims().build()));
    provider.identity("the-code", issuer, attempt, null);
    assertThrows(
        OpenIdRefusedException.class,
        () -> provider.identity("the-code", "https://evil.example", attempt, null));
    received = "";
    metadata =
        metadata.replaceFirst("\\{", "{\"authorization_response_iss_parameter_supported\":true,");
    try (OpenIdProvider naming = provider(Instant::now, LONG_TIMEOUT)) {
      assertThrows(
          OpenIdRefusedException.class, () -> naming.identity("the-code", null, attempt, null));
    }
    assertEquals("", received);
  }

  @Test
  void newKeyIsFoundAtOnce() throws Exception {
    give(signed(key, claims().build()));
    identity();
    RSAKey next = otherKey("two");
    keys = new JWKSet(List.of(key.toPublicJWK(), next.toPublicJWK())).toString();
    give(signed(next, claims().build()));
    identity();
  }

  @Test
  void unusableKeyIsIgnored() throws Exception {
    keys = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"BP-256\"}," + key.toPublicJWK() + "]}";
    give(signed(key, claims().build()));
    identity();
    keys = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"BP-256\"}]}";
    give(signed(otherKey("two"), claims().build()));
    refused("no usable key");
  }

  @Test
  void unknownKeyIsAnOutageWhileTheKeysCannotBeRead() throws Exception {
    String published = keys;
    give(signed(key, claims().build()));
    identity();
    keys = "";
    identity();
    give(signed(otherKey("two"), claims().build()));
    assertThrows(OpenIdUnavailableException.class, this::identity);
    keys = published;
    give(signed(key, claims().build()));
    identity();
  }

  /** The library reads the keys at most twice in 30 seconds. */
  @Test
  void tooManyUnknownKeysAreAnOutageWithAReason() throws Exception {
    // After a stop of the machine, the keys can be read again.
    TimeLimits.repeatAfterStop(
        () -> {
          provider.close();
          provider = provider(Instant::now, LONG_TIMEOUT);
          give(signed(key, claims().build()));
          identity();
          give(signed(otherKey("two"), claims().build()));
          refused("unknown key");
          OpenIdUnavailableException e =
              assertThrows(OpenIdUnavailableException.class, this::identity);
          assertFalse(String.valueOf(e.getMessage()).contains("null"), e.getMessage());
        });
  }

  @Test
  void invalidOrMissingResponseIsAnOutageAndIsRetried() throws Exception {
    String good = metadata;
    for (String bad :
        List.of(
            "{}",
            "<html>",
            "null",
            good.replace("\"issuer\": \"" + issuer, "\"issuer\": \""),
            good.replace(issuer + "\", \"auth", "https://x\", \"auth"),
            good.replace(issuer + "/token", "http://one_host/token"),
            good.replace(issuer + "/keys", "http://one_host/keys"))) {
      metadata = bad;
      assertThrows(
          OpenIdUnavailableException.class, () -> provider.authenticationRequest(attempt), bad);
    }
    // Only browsers use the authorization endpoint, so Java need not know its host.
    metadata = good.replace(issuer + "/auth", "http://one_host/auth");
    provider.authenticationRequest(attempt);
    for (int status : new int[] {503, 429, 302, 403, 404}) {
      tokenStatus = status;
      assertThrows(OpenIdUnavailableException.class, this::identity, () -> "status " + tokenStatus);
    }
    for (String error : List.of("server_error", "temporarily_unavailable")) {
      tokenStatus = 400;
      tokenAnswer = "{\"error\":\"" + error + "\"}";
      assertThrows(OpenIdUnavailableException.class, this::identity, error);
    }
    tokenStatus = 200;
    give(signed(key, claims().build()));
    identity();
  }

  @Test
  void hangingProviderIsAnOutageInBoundedTime() throws Exception {
    give(signed(key, claims().build()));
    try (OpenIdProvider impatient = provider(Instant::now, TIMEOUT)) {
      signInAtLast(impatient);
      hanging = true;
      TimeLimits.within(
          TIMEOUT.multipliedBy(4),
          () ->
              assertThrows(
                  OpenIdUnavailableException.class,
                  () -> impatient.identity("the-code", null, attempt, null)));
      hanging = false;
      signInAtLast(impatient);
    }
  }

  /** Signs in. Repeats the attempt if a busy machine exceeds the short timeout. */
  private void signInAtLast(OpenIdProvider impatient) {
    await()
        .ignoreException(OpenIdUnavailableException.class)
        .until(() -> impatient.identity("the-code", null, attempt, null) != null);
  }

  @Test
  void endpointWithAnotherSchemeIsNotUsed() {
    String good = metadata;
    String other = issuer.replace("http:", "https:");
    for (String endpoint : List.of("/auth", "/token", "/keys")) {
      metadata = good.replace(issuer + endpoint, other + endpoint);
      assertThrows(
          OpenIdUnavailableException.class,
          () -> provider.authenticationRequest(attempt),
          endpoint);
    }
    metadata = good.replace(issuer + "/end", other + "/end");
    assertEquals(Optional.empty(), provider.logoutRequest(Optional.empty()));
  }

  /** At most 16 requests to the provider run at the same time, and at most 64 wait. */
  @Test
  void invalidCodesFromOneAddressDoNotPreventTheSignInsFromAnother() throws Exception {
    give(signed(key, claims().build()));
    identity();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      hanging = true;
      List<Future<?>> flood = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        flood.add(threads.submit(() -> provider.identity("invalid", null, attempt, "192.0.2.66")));
      }
      await().until(() -> ended(flood) == 20);
      Future<OpenIdProvider.Identity> other =
          threads.submit(() -> provider.identity("the-code", null, attempt, "192.0.2.7"));
      await().until(() -> ended(flood) == 21); // a waiting code was displaced
      hanging = false;
      assertEquals("erin", other.get(60, SECONDS).claims().get("preferred_username"));
    } finally {
      hanging = false;
      threads.shutdownNow();
    }
  }

  private static long ended(List<Future<?>> all) {
    return all.stream().filter(Future::isDone).count();
  }

  @Test
  void cachedMetadataIsUsedForADay() throws Exception {
    Instant begun = Instant.now();
    Duration[] passed = {Duration.ZERO};
    try (OpenIdProvider known = provider(() -> begun.plus(passed[0]), LONG_TIMEOUT)) {
      known.authenticationRequest(attempt);
      metadata = "{}";
      passed[0] = Duration.ofHours(2);
      known.authenticationRequest(attempt);
      passed[0] = Duration.ofHours(24);
      assertThrows(OpenIdUnavailableException.class, () -> known.authenticationRequest(attempt));
    }
  }

  @Test
  void cachedKeysAreUsedAfterTheMetadataIsRefreshed() throws Exception {
    Instant begun = Instant.now();
    Duration[] passed = {Duration.ZERO};
    give(signed(key, claims().build()));
    try (OpenIdProvider known = provider(() -> begun.plus(passed[0]), LONG_TIMEOUT)) {
      known.identity("the-code", null, attempt, null);
      String published = keys;
      keys = "";
      passed[0] = Duration.ofHours(2);
      known.identity("the-code", null, attempt, null);
      metadata = metadata.replace("/keys", "/moved");
      server.createContext("/moved", exchange -> answer(exchange, 200, published));
      passed[0] = Duration.ofHours(4);
      known.identity("the-code", null, attempt, null);
    }
  }

  @Test
  void metadataIsRefreshedAfterTheClockIsSetBack() {
    Instant begun = Instant.now();
    Duration[] passed = {Duration.ZERO};
    try (OpenIdProvider known = provider(() -> begun.plus(passed[0]), LONG_TIMEOUT)) {
      known.authenticationRequest(attempt);
      String former = metadata;
      metadata = former.replace("/auth", "/moved");
      passed[0] = Duration.ofDays(-1);
      String moved = known.authenticationRequest(attempt).toString();
      assertTrue(moved.startsWith(issuer + "/moved?"), moved);
      metadata = former;
      String cached = known.authenticationRequest(attempt).toString();
      assertTrue(cached.startsWith(issuer + "/moved?"), cached);
    }
  }

  @Test
  void logoutRequestContainsTheIdToken() throws Exception {
    String idToken = signed(key, claims().build());
    String end = provider.logoutRequest(Optional.of(idToken)).orElseThrow().toString();
    assertTrue(end.startsWith(issuer + "/end?"), end);
    assertTrue(end.contains("id_token_hint=" + idToken), end);
    assertTrue(
        end.contains("post_logout_redirect_uri=https%3A%2F%2Ftokens.example%2Fbase%2Fsign-in"),
        end);
    String without = provider.logoutRequest(Optional.empty()).orElseThrow().toString();
    assertTrue(without.contains("client_id=" + CLIENT), without);
    String tooLong = signed(key, claims().claim("groups", "a".repeat(6_000)).build());
    assertEquals(without, provider.logoutRequest(Optional.of(tooLong)).orElseThrow().toString());
  }

  @Test
  void groupsComeFromClaims() {
    EntityRef security = EntityRef.parseGroup("security").orElseThrow();
    OpenIdRegistration listed =
        registration(new OpenIdRegistration.Groups("groups", Map.of("/admins", security), null));
    assertEquals(
        Set.of(security), listed.groupsOf(Map.of("groups", List.of("/admins", "/others", 7))));
    assertEquals(Set.of(security), listed.groupsOf(Map.of("groups", "/admins")));
    assertEquals(Set.of(), listed.groupsOf(Map.of()));
    OpenIdRegistration nested =
        registration(
            new OpenIdRegistration.Groups(
                "realm_access.roles",
                Map.of(),
                EntityRefTemplate.ofGroups("group:default/{group}").orElseThrow()));
    assertEquals(
        Set.of(security),
        nested.groupsOf(Map.of("realm_access", Map.of("roles", List.of("security", "a/b")))));
    assertEquals(Set.of(), nested.groupsOf(Map.of("realm_access", "roles")));
  }

  @Test
  void messageNamesTheCauseOfAFailedConnection() {
    issuer = "https://" + UnknownHost.NAME;
    try (OpenIdProvider unknown = provider(Instant::now, LONG_TIMEOUT)) {
      OpenIdUnavailableException e =
          assertThrows(
              OpenIdUnavailableException.class, () -> unknown.authenticationRequest(attempt));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("ConnectException, UnresolvedAddressException"), message);
    }
  }

  @Test
  void ignoredGroupsAreLogged() {
    OpenIdRegistration registration =
        registration(
            new OpenIdRegistration.Groups(
                "groups",
                Map.of(),
                EntityRefTemplate.ofGroups("group:default/{group}").orElseThrow()));
    List<String> groups =
        IntStream.rangeClosed(1, 1_001).mapToObj(i -> "g" + i).collect(Collectors.toList());
    groups.set(1_000, "g1");
    try (RecordedLog log = new RecordedLog(OpenIdRegistration.class)) {
      assertEquals(1_000, registration.groupsOf(Map.of("groups", groups)).size());
      assertEquals(List.of(), log.lines(), "a group that occurs twice");
      groups.set(0, "g0");
      assertEquals(
          1_000,
          registration.groupsOf(Map.of("groups", groups, "preferred_username", "erin")).size());
      assertEquals(
          List.of(
              "WARNING the claim groups has more than 1000 groups of the user user:default/erin,"
                  + " so some groups are ignored"),
          log.lines());
    }
  }

  /** Entra ID sends such claims instead of more than 200 groups. */
  @Test
  void groupsThatTheProviderOnlyRefersToAreMissing() {
    OpenIdRegistration registration =
        registration(
            new OpenIdRegistration.Groups(
                "groups",
                Map.of(),
                EntityRefTemplate.ofGroups("group:default/{group}").orElseThrow()));
    Map<String, Object> sources =
        Map.of("src1", Map.of("endpoint", "https://graph.example/users/42/getMemberObjects"));
    Map<String, Object> claims =
        Map.of(
            "preferred_username",
            "erin",
            "_claim_names",
            Map.of("groups", "src1"),
            "_claim_sources",
            sources);
    try (RecordedLog log = new RecordedLog(OpenIdRegistration.class)) {
      assertEquals(Set.of(), registration.groupsOf(claims));
      assertEquals(
          List.of(
              "WARNING the provider does not send the claim groups of the user user:default/erin,"
                  + " but only an address for it, which this service does not read; let the"
                  + " provider send fewer groups"),
          log.lines());
      log.lines().clear();
      assertEquals(Set.of(), registration(OpenIdRegistration.Groups.NONE).groupsOf(claims));
      Map<String, Object> others = Map.of("_claim_names", Map.of("address", "src1"));
      assertEquals(Set.of(), registration.groupsOf(others));
      assertEquals(Set.of(), registration.groupsOf(Map.of("_claim_names", "groups")));
      Map<String, Object> sent =
          Map.of("groups", List.of("platform"), "_claim_names", Map.of("groups", "src1"));
      assertEquals(1, registration.groupsOf(sent).size());
      assertEquals(List.of(), log.lines());
    }
  }

  @Test
  void emailCountsOnlyIfVerified() {
    OpenIdRegistration byEmail =
        new OpenIdRegistration(
            URI.create(issuer),
            URI.create("https://tokens.example"),
            CLIENT,
            null,
            List.of(),
            "title",
            EntityRefTemplate.ofUsers("user:default/{email}").orElseThrow(),
            OpenIdRegistration.Groups.NONE);
    Map<String, Object> claims = Map.of("email", "erin@example.com", "email_verified", true);
    assertEquals("user:default/erin@example.com", byEmail.userOf(claims).orElseThrow().toString());
    assertTrue(byEmail.isVerified(claims), claims.toString());
    assertTrue(byEmail.isVerified(Map.of("email_verified", "true")), "verified as the text true");
    List<Map<String, Object>> unverified =
        List.of(
            Map.of(),
            Map.of("email_verified", false),
            Map.of("email_verified", "false"),
            Map.of("email_verified", "TRUE"),
            Map.of("email_verified", 1),
            Map.of("email_verified", List.of(true)));
    OpenIdRegistration groupsByEmail =
        registration(new OpenIdRegistration.Groups("email", Map.of(), null));
    OpenIdRegistration withoutEmail = registration(OpenIdRegistration.Groups.NONE);
    for (Map<String, Object> answer : unverified) {
      assertFalse(byEmail.isVerified(answer), answer::toString);
      assertFalse(groupsByEmail.isVerified(answer), answer::toString);
      assertTrue(withoutEmail.isVerified(answer), answer::toString);
    }
    assertFalse(byEmail.toString().contains(CLIENT), byEmail.toString());
  }
}
