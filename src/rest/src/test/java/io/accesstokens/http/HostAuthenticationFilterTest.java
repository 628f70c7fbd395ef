package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import jakarta.annotation.Priority;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a host application that authenticates its users itself, and sets no user mapper. */
class HostAuthenticationFilterTest {

  private static final URI BASE = URI.create("http://host.example/");
  private static final String TOKENS = "access-tokens/service";
  private static final String WHOAMI = "access-tokens/whoami";
  private static final EntityRef PLATFORM = new EntityRef("group", "default", "platform");

  private final Login login = new Login();
  private final ApplicationHandler host = host(AccessTokensRoutes.feature(service()));

  @ParameterizedTest
  @CsvSource({
    "alice, user:default/alice",
    "ALICE, user:default/alice",
    "alice@example.com, user:default/alice@example.com"
  })
  void nameOfThePrincipalIsTheNameOfTheUser(String name, String user) {
    login.name = name;
    assertEquals(user, get(WHOAMI).expect(200).json().getString("subject"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default/alice",
        "user:alice",
        "user:default/alice",
        "USER:default/ALICE",
        " alice ",
        "alice\t",
        "\u00a0alice",
        "a\u212Aice",
        ""
      })
  void namesThatLookLikeAnotherUserAreRefused(String name) {
    login.name = name;
    get(WHOAMI).expect(401);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // columns: Sec-Fetch-Site, Origin, Content-Type, Authorization, status
        "cross-site,  -,                    -,                                 -,          403",
        "same-site,   -,                    -,                                 -,          403",
        "cross-site,  http://host.example,  -,                                 -,          403",
        "cross-site,  -,                    text/plain,                        -,          403",
        "cross-site,  -,                    text/plain;a=application/json,     -,          403",
        "cross-site,  -,                    application/x-www-form-urlencoded, -,          403",
        "cross-site,  -,                    -,                                 Basic eDp5, 403",
        "-,           http://evil.example,  -,                                 -,          403",
        "-,           null,                 -,                                 -,          403",
        "-,           https://host.example, -,                                 -,          403",
        // A browser sends these for another site only if a preflight request allows it.
        "cross-site,  -,                    application/json,                  -,          200",
        "cross-site,  -,                    application/json; charset=utf-8,   -,          200",
        "cross-site,  -,                    -,                                 Bearer x.y, 200",
        "-,           https://host.example, application/json,                  -,          200",
        "same-origin, -,                    -,                                 -,          200",
        "none,        -,                    -,                                 -,          200",
        "-,           http://host.example,  -,                                 -,          200",
        "-,           -,                    -,                                 -,          200"
      })
  void emptyPostOfAnotherSiteIsRefused(
      @Nullable String site,
      @Nullable String origin,
      @Nullable String type,
      @Nullable String authorization,
      int status) {
    String path = createdToken();
    String prefix = prefixOf(path);
    Map<String, @Nullable String> headers = new LinkedHashMap<>();
    headers.put("Sec-Fetch-Site", site);
    headers.put("Origin", origin);
    headers.put("Content-Type", type);
    headers.put("Authorization", authorization);
    send("POST", path + "/rotate", headers, "").expect(status);
    assertEquals(status == 403, prefix.equals(prefixOf(path)), "the secret is the same");
  }

  @Test
  void frontEndOfAnotherOriginCanReadAndDelete() {
    String path = createdToken();
    Map<String, @Nullable String> headers = Map.of("Sec-Fetch-Site", "same-site");
    send("GET", path, headers, "").expect(200);
    send("POST", path + "/rotate", Map.of(), "").expect(200);
    send("DELETE", path + "/previous-secret", headers, "").expect(204);
  }

  @Test
  void userMapperBesideAloneStopsTheStart() {
    RoutesFeature feature = AccessTokensRoutes.feature(service()).alone();
    host(feature);
    feature.userMapper(principal -> EntityRef.parseUser(principal.getName()));
    assertThrows(IllegalStateException.class, () -> host(feature));
  }

  private String createdToken() {
    String body =
        "{\"name\":\"t\",\"description\":\"d\",\"groupEntityRef\":\"platform\","
            + "\"scopes\":[\"catalog:read\"]}";
    JsonObject made =
        send("POST", TOKENS, Map.of("Content-Type", "application/json"), body).expect(201).json();
    return TOKENS + '/' + made.getJsonObject("token").getString("id");
  }

  private String prefixOf(String path) {
    return get(path).expect(200).json().getString("tokenPrefix");
  }

  private Answer get(String path) {
    return send("GET", path, Map.of(), "");
  }

  private Answer send(
      String method, String path, Map<String, @Nullable String> headers, String body) {
    ContainerRequest request =
        new ContainerRequest(
            BASE,
            BASE.resolve(path),
            method,
            null,
            new MapPropertiesDelegate(new HashMap<>()),
            host.getConfiguration());
    headers.forEach(
        (name, value) -> {
          if (value != null) {
            request.header(name, value);
          }
        });
    request.setEntityStream(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try {
      ContainerResponse response = host.apply(request, written).get();
      return new Answer(response.getStatus(), written.toString(StandardCharsets.UTF_8));
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private record Answer(int status, String body) {
    Answer expect(int expected) {
      assertEquals(expected, status, body);
      return this;
    }

    JsonObject json() {
      return Json.createReader(new StringReader(body)).readObject();
    }
  }

  private ApplicationHandler host(RoutesFeature feature) {
    ResourceConfig application = new ResourceConfig();
    AccessTokensRoutes.classes().forEach(application::register);
    return new ApplicationHandler(
        application
            .addProperties(AccessTokensRoutes.properties())
            .register(feature)
            .register(login));
  }

  private static ServiceTokenService service() {
    return ServiceTokenService.on(new ListTokenStore(), new Platform()).build();
  }

  /** A directory in which each user is a member of the group {@code platform}. */
  private static final class Platform implements GroupDirectory {
    @Override
    public boolean exists(EntityRef ref) {
      return ref.equals(PLATFORM);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of(PLATFORM);
    }
  }

  /** Authenticates each request as the user with the current name. */
  @Priority(Priorities.AUTHENTICATION)
  private static final class Login implements ContainerRequestFilter {

    private String name = "alice";

    @Override
    public void filter(ContainerRequestContext request) {
      request.setSecurityContext(new RoutesFeatureAccessTest.SignedIn(name));
    }
  }
}
