package io.accesstokens.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.RawHttp;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tests an application without a security filter chain of its own. */
class DefaultChainTest {

  private static final String CHALLENGE = "Bearer realm=\"access-tokens\"";
  private static final String OWN_TOKEN = "bsat_own";
  private static final FixedVerdicts VERDICTS = new FixedVerdicts();

  private static SpringServer server;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class Application {

    @Bean
    FixedVerdicts verdicts() {
      return VERDICTS;
    }

    @GetMapping("/whoami")
    String whoami(@AuthenticationPrincipal TokenPrincipal caller, Authentication authentication) {
      return String.join(
          " ",
          authentication.getName(),
          caller.verified().isPersonal() ? "personal" : "service",
          String.valueOf(authentication.getAuthorities()),
          String.valueOf(authentication.getCredentials()));
    }

    @PostMapping("/items")
    String create() {
      return "created";
    }
  }

  @BeforeAll
  static void start() {
    server =
        SpringServer.start(
            Application.class,
            "server.forward-headers-strategy=native",
            "access-tokens.token=${CATALOG_TOKEN}",
            "CATALOG_TOKEN=" + OWN_TOKEN,
            "catalog.command=java -jar catalog.jar --access-tokens.token=" + OWN_TOKEN,
            "management.endpoints.web.exposure.include=env,configprops",
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ApiResult whoami(String rawToken) {
    return server.api().bearer(rawToken).get("/whoami");
  }

  @Test
  void acceptedTokenIsThePrincipal() {
    assertEquals(
        "service-token:group:default/platform:nightly service"
            + " [SCOPE_catalog:read, SCOPE_orders:read] null",
        whoami(VERDICTS.service("catalog:read", "orders:read")).expect(200).text());
    assertEquals(
        "user:default/alice personal [] null", whoami(VERDICTS.personal()).expect(200).text());
  }

  @Test
  void requestWithoutAValidTokenIs401() {
    for (Api caller : List.of(server.api(), server.api().basic("user", "password"))) {
      ApiResult answer = caller.get("/whoami").expect(401);
      assertEquals(List.of(CHALLENGE), answer.headers("WWW-Authenticate"));
      assertEquals("{\"error\":\"unauthorized\"}", answer.text());
    }
    String good = VERDICTS.service();
    for (String bad : List.of(FixedVerdicts.unknown(), "junk", "bsat_x", good + "x", "")) {
      ApiResult answer = server.api().authorization("Bearer " + bad).get("/whoami").expect(401);
      assertEquals(
          List.of(CHALLENGE + ", error=\"invalid_token\""), answer.headers("WWW-Authenticate"));
      assertEquals("{\"error\":\"invalid_token\"}", answer.text());
      assertEquals(List.of(), answer.headers("Set-Cookie"));
    }
    server.api().get("/nowhere").expect(401);
    server.api().bearer(good).get("/nowhere").expect(404);
  }

  @Test
  void errorBeforeTheVerificationKeepsItsStatus() {
    for (Api caller : List.of(server.api().bearer(VERDICTS.service()), server.api())) {
      caller.get("/whoami;a=b").expect(400);
    }
  }

  @Test
  void twoCredentialsAre401() {
    String header = "Authorization: Bearer " + VERDICTS.service() + "\r\n";
    RawHttp socket =
        new RawHttp(URI.create(server.api().origin()).getPort(), "", server.api().exchanges());
    String request = "GET /whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    assertEquals(200, socket.send(request + header + "\r\n").status());
    assertEquals(401, socket.send(request + header + header + "\r\n").status());
    assertEquals(401, socket.send(request + header + "Authorization: Basic YTpi\r\n\r\n").status());
  }

  @Test
  void postNeedsNoCsrfToken() {
    server.api().bearer(VERDICTS.service()).post("/items", "{}").expect(200);
    server.api().post("/items", "{}").expect(401);
  }

  @Test
  void outageIs503AndEnds() {
    String token = VERDICTS.service();
    VERDICTS.setOut(true);
    try {
      ApiResult answer = whoami(token).expect(503);
      assertEquals(Optional.of("1"), answer.header("Retry-After"));
      assertEquals(Optional.empty(), answer.header("WWW-Authenticate"));
      server.api().bearer("bsat_junk").get("/whoami").expect(401);
    } finally {
      VERDICTS.setOut(false);
    }
    whoami(token).expect(200);
  }

  @Test
  void requestsPerMinuteAreLimited() {
    String token = VERDICTS.limited(2);
    whoami(token).expect(200);
    whoami(token).expect(200);
    ApiResult answer = whoami(token).expect(429);
    assertEquals(Optional.of("\"token\";q=2;w=60"), answer.header("RateLimit-Policy"));
    assertTrue(answer.headerLine("Retry-After").matches("[1-9]\\d?"), answer::toString);
    assertEquals("{\"error\":\"too_many_requests\"}", answer.text());
  }

  @Test
  void allowedAddressesAreEnforcedBehindAProxy() {
    whoami(VERDICTS.limited(null, "127.0.0.1")).expect(200);
    String elsewhere = VERDICTS.limited(null, "192.0.2.0/24");
    whoami(elsewhere).expect(401);
    assertEquals(200, from("192.0.2.7", elsewhere));
    assertEquals(401, from("198.51.100.7", elsewhere));
    // The last address is the one that the proxy has seen. A client chooses those before it.
    assertEquals(401, from("192.0.2.7, 198.51.100.7", elsewhere));
  }

  private static int from(String forwardedFor, String rawToken) {
    return server
        .api()
        .bearer(rawToken)
        .call("GET", "/whoami")
        .header("X-Forwarded-For", forwardedFor)
        .send()
        .status();
  }

  @Test
  void actuatorDoesNotShowTheTokenOfTheApplication() {
    Api caller = server.api().bearer(VERDICTS.service());
    ApiResult env = caller.get("/actuator/env").expect(200);
    for (String shown : List.of("CATALOG_TOKEN", "catalog.command", "\"native\"")) {
      assertTrue(env.text().contains(shown), env::toString);
    }
    ApiResult properties = caller.get("/actuator/configprops").expect(200);
    assertTrue(properties.text().contains("access-tokens"), properties::toString);
    for (ApiResult answer :
        List.of(
            env,
            properties,
            caller.get("/actuator/env/CATALOG_TOKEN").expect(200),
            caller.get("/actuator/env/access-tokens.token").expect(200))) {
      assertFalse(answer.text().contains(OWN_TOKEN), answer::toString);
    }
  }

  @Test
  void noUserWithAGeneratedPasswordExists() {
    assertEquals(0, server.context().getBeanNamesForType(UserDetailsService.class).length);
  }
}
