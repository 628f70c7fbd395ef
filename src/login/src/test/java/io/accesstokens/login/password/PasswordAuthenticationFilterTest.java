package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.testing.AnonymousContext;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ContainerRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordAuthenticationFilterTest {

  private static final EntityRef PLATFORM = EntityRef.parseGroup("platform").orElseThrow();
  private static final Map<String, String> PASSWORDS =
      Map.of("carol", "s3cret:\u00fc", "alice", "alice", "zo\u00eb", "x");

  private final List<String> failures = new ArrayList<>();
  private SignInLimit limit = limit(0);
  private boolean busy;
  private boolean directoryDown;

  /** Returns a limit whose clock does not advance. */
  private static SignInLimit limit(int perMinute) {
    return new SignInLimit(perMinute, Fixtures.timeMeter(() -> 0));
  }

  private PasswordAuthenticationFilter filter(boolean basic, @Nullable String remoteAddress) {
    GroupDirectory directory =
        new GroupDirectory() {
          @Override
          public boolean exists(EntityRef group) {
            return group.equals(PLATFORM);
          }

          @Override
          public Set<EntityRef> groupsOf(EntityRef user) {
            if (directoryDown) {
              throw new DirectoryUnavailableException("down", new IOException());
            }
            return user.name().equals("carol") ? Set.of(PLATFORM) : Set.of();
          }
        };
    PermissionPolicy policy =
        new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE);
    PasswordAuthenticationFilter filter =
        new PasswordAuthenticationFilter(
            new PasswordVerifier(
                this::validate,
                PASSWORDS::containsKey,
                new Challenges(basic),
                limit,
                (method, reason, username, address) ->
                    failures.add(reason + " " + username + " " + address)),
            directory,
            policy,
            basic,
            new OriginCheck(null));
    return remoteAddress == null
        ? filter
        : filter.within(Fixtures.between(remoteAddress, "127.0.0.1"));
  }

  private CredentialValidationResult validate(Credential credential) {
    if (busy) {
      throw new SignInUnavailableException("busy");
    }
    UsernamePasswordCredential typed = (UsernamePasswordCredential) credential;
    String expected = PASSWORDS.get(typed.getCaller());
    return typed.getPasswordAsString().equals(expected)
        ? new CredentialValidationResult("user:default/" + typed.getCaller())
        : CredentialValidationResult.INVALID_RESULT;
  }

  private static ContainerRequest request(String method, String... headers) {
    URI base = URI.create("http://localhost:8080/api/");
    ContainerRequest request =
        new ContainerRequest(
            base,
            base.resolve("x"),
            method,
            new AnonymousContext(true),
            new MapPropertiesDelegate(),
            null);
    for (int i = 0; i < headers.length; i += 2) {
      request.getHeaders().add(headers[i], headers[i + 1]);
    }
    request.setProperty(PasswordAuthenticationFilter.CLIENT_ADDRESS, "192.0.2.7");
    return request;
  }

  private static String basic(String credential) {
    byte[] bytes = credential.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private static String bytes(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return "Basic " + Base64.getEncoder().encodeToString(all);
  }

  private List<Object> refused(ContainerRequest request) {
    NotAuthorizedException e =
        assertThrows(NotAuthorizedException.class, () -> filter(true, "127.0.0.1").filter(request));
    assertNull(request.getSecurityContext().getUserPrincipal());
    assertEquals("wrong credentials", e.getMessage());
    return e.getResponse().getHeaders().getOrDefault("WWW-Authenticate", List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "basic", "BASIC "})
  void validCredentialAuthenticatesTheUser(String scheme) {
    ContainerRequest request =
        request("POST", "Authorization", basic("carol:s3cret:\u00fc").replace("Basic", scheme));
    filter(true, null).filter(request);
    SecurityContext context = request.getSecurityContext();
    EntityRef carol = EntityRef.parseUser("carol").orElseThrow();
    assertEquals(
        new Actor.Person(carol, Set.of(PLATFORM), "192.0.2.7"), context.getUserPrincipal());
    assertTrue(
        context.isUserInRole(Permissions.SERVICE_WRITE),
        "the user may write service tokens of their groups");
    assertTrue(context.isUserInRole(Permissions.USER_READ), "the user may read personal tokens");
    assertFalse(context.isUserInRole("catalog:read"), "a scope is no permission");
    assertTrue(context.isSecure(), "the connection is still secure");
    assertEquals("BASIC", context.getAuthenticationScheme());
    assertEquals(List.of(), failures);
  }

  @Test
  void userWithoutGrantsHasNoPermissionOnServiceTokens() {
    ContainerRequest request = request("GET", "Authorization", basic("zo\u00eb:x"));
    filter(true, null).filter(request);
    assertEquals(
        "user:default/zo\u00eb", request.getSecurityContext().getUserPrincipal().getName());
    assertFalse(
        request.getSecurityContext().isUserInRole(Permissions.SERVICE_READ),
        "the user may not read service tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer x", "Basicx y", "Digest a=b", "", "Negotiate Basic"})
  void otherSchemesAreIgnored(String authorization) {
    ContainerRequest request = request("GET", "Authorization", authorization);
    filter(true, null).filter(request);
    assertNull(request.getSecurityContext().getUserPrincipal());
    assertEquals(List.of(), failures);
  }

  @Test
  void disabledBasicIsIgnored() {
    for (String credential : List.of("carol:s3cret:\u00fc", "carol:wrong")) {
      ContainerRequest request = request("GET", "Authorization", basic(credential));
      filter(false, "127.0.0.1").filter(request);
      assertNull(request.getSecurityContext().getUserPrincipal());
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void wrongCredentialsGetTheSame401() {
    List<String> malformed =
        List.of(
            "Basic",
            "Basic  ",
            "Basic ***",
            "Basic Y2Fyb2w6czNjcmV0 Y2Fyb2w6czNjcmV0",
            "Basic Y2Fyb2w6czNjcmV0, Bearer x",
            basic("carol"),
            basic(":s3cret"),
            basic("carol:a\u0000b"),
            basic("ca\nrol:x"),
            basic("carol:\u0085"),
            bytes('c', ':', 0xff),
            bytes(0xc0, 0x80, ':', 'x'));
    for (String authorization : malformed) {
      assertEquals(2, refused(request("GET", "Authorization", authorization)).size());
      assertEquals("MALFORMED null 192.0.2.7", failures.remove(0), authorization);
    }
    for (String credential : List.of("carol:wrong", "carol:", "carol:s3cret:u", "Carol:x")) {
      assertEquals(2, refused(request("GET", "Authorization", basic(credential))).size());
    }
    assertEquals(4, failures.size());
  }

  @Test
  void severalCredentialsAreRefused() {
    String good = basic("carol:s3cret:\u00fc");
    refused(request("GET", "Authorization", good, "Authorization", good));
    refused(request("GET", "Authorization", "Bearer x", "Authorization", good));
  }

  @Test
  void unknownNameIsNotReported() {
    refused(request("GET", "Authorization", basic("carol:wrong")));
    refused(request("GET", "Authorization", basic("s3cret:carol")));
    assertEquals(
        List.of("WRONG_CREDENTIALS carol 192.0.2.7", "WRONG_CREDENTIALS null 192.0.2.7"), failures);
  }

  @Test
  void browserGetsNoBasicChallenge() {
    assertEquals(
        List.of("Bearer realm=\"access-tokens\""),
        refused(request("GET", "Authorization", basic("a:b"), "Sec-Fetch-Mode", "cors")));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, Accept,          true",
    "127.0.0.1, X-Forwarded-For, false",
    "192.0.2.7, Accept,          false",
    ",          Accept,          false",
  })
  void sampleUsersSignInOverLoopbackOnly(@Nullable String remote, String header, boolean accepted) {
    ContainerRequest request = request("GET", "Authorization", basic("alice:alice"), header, "x");
    PasswordAuthenticationFilter filter = filter(true, remote);
    if (accepted) {
      filter.filter(request);
      assertEquals("user:default/alice", request.getSecurityContext().getUserPrincipal().getName());
    } else {
      assertThrows(NotAuthorizedException.class, () -> filter.filter(request));
      assertEquals(List.of("SAMPLE_NOT_LOCAL alice 192.0.2.7"), failures);
    }
  }

  @Test
  void foreignOriginIsForbiddenAfterTheCredentialWasVerified() {
    String good = basic("carol:s3cret:\u00fc");
    ContainerRequest foreign =
        request("POST", "Authorization", good, "Origin", "http://evil.example");
    ForbiddenException e =
        assertThrows(ForbiddenException.class, () -> filter(true, null).filter(foreign));
    assertFalse(String.valueOf(e.getMessage()).contains("access-tokens:"), e.toString());
    assertEquals(List.of("FOREIGN_ORIGIN carol 192.0.2.7"), failures);
    refused(request("POST", "Authorization", basic("carol:x"), "Sec-Fetch-Site", "cross-site"));
    filter(true, null)
        .filter(request("POST", "Authorization", good, "Origin", "http://localhost:8080"));
    filter(true, null)
        .filter(request("GET", "Authorization", good, "Sec-Fetch-Site", "cross-site"));
  }

  @Test
  void outageIsNotARefusal() {
    String good = basic("carol:s3cret:\u00fc");
    busy = true;
    ServiceUnavailableException e =
        assertThrows(
            ServiceUnavailableException.class,
            () -> filter(true, null).filter(request("GET", "Authorization", good)));
    assertEquals("2", e.getResponse().getHeaderString("Retry-After"));
    busy = false;
    directoryDown = true;
    assertThrows(
        DirectoryUnavailableException.class,
        () -> filter(true, null).filter(request("GET", "Authorization", good)));
    assertEquals(List.of(), failures);
  }

  @Test
  void tooManyWrongPasswordsGet429AndAreReportedOnce() {
    limit = limit(2);
    refused(request("GET", "Authorization", basic("carol:x")));
    filter(true, null).filter(request("GET", "Authorization", basic("carol:s3cret:\u00fc")));
    refused(request("GET", "Authorization", basic("carol:y")));
    for (String password : List.of("z", "s3cret:\u00fc", "s3cret:\u00fc")) {
      ContainerRequest request = request("GET", "Authorization", basic("carol:" + password));
      ClientErrorException e =
          assertThrows(ClientErrorException.class, () -> filter(true, null).filter(request));
      assertEquals(429, e.getResponse().getStatus());
      assertEquals("30", e.getResponse().getHeaderString("Retry-After"));
      assertNull(request.getSecurityContext().getUserPrincipal());
    }
    assertEquals(
        List.of(
            "WRONG_CREDENTIALS carol 192.0.2.7",
            "WRONG_CREDENTIALS carol 192.0.2.7",
            "TOO_MANY_FAILURES carol 192.0.2.7"),
        failures);
  }

  @Test
  void unknownNameIsLimitedToo() {
    limit = limit(1);
    refused(request("GET", "Authorization", basic("unknown:x")));
    assertThrows(
        ClientErrorException.class,
        () -> filter(true, null).filter(request("GET", "Authorization", basic("unknown:x"))));
    assertEquals(
        List.of("WRONG_CREDENTIALS null 192.0.2.7", "TOO_MANY_FAILURES null 192.0.2.7"), failures);
  }

  /** Otherwise the limit would reveal that the password is right. */
  @Test
  void samplePasswordOverTheNetworkCountsAsAGuess() {
    limit = limit(1);
    ContainerRequest request = request("GET", "Authorization", basic("alice:alice"));
    for (int status : new int[] {401, 429}) {
      ClientErrorException e =
          assertThrows(ClientErrorException.class, () -> filter(true, "192.0.2.7").filter(request));
      assertEquals(status, e.getResponse().getStatus());
    }
  }

  @Test
  void outagesAndForeignOriginsDoNotCountAsGuesses() {
    limit = limit(1);
    String good = basic("carol:s3cret:\u00fc");
    busy = true;
    assertThrows(
        ServiceUnavailableException.class,
        () -> filter(true, null).filter(request("GET", "Authorization", good)));
    busy = false;
    ContainerRequest foreign =
        request("POST", "Authorization", good, "Origin", "http://evil.example");
    assertThrows(ForbiddenException.class, () -> filter(true, null).filter(foreign));
    filter(true, null).filter(request("GET", "Authorization", good));
  }

  @Test
  void connectionAddressIsReportedIfNoOtherIsKnown() {
    ContainerRequest request = request("GET", "Authorization", basic("carol:wrong"));
    request.removeProperty(PasswordAuthenticationFilter.CLIENT_ADDRESS);
    refused(request);
    assertEquals(List.of("WRONG_CREDENTIALS carol 127.0.0.1"), failures);
  }
}
