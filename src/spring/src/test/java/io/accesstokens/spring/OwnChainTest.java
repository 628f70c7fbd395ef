package io.accesstokens.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tests an application that also has users with passwords, pages and sessions, and its own holder
 * of the security context.
 */
class OwnChainTest {

  private static final String SCOPE = "error=\"insufficient_scope\", scope=\"catalog:read\"";
  private static final FixedVerdicts VERDICTS = new FixedVerdicts();

  private static final ConcurrentLinkedQueue<String> OUTCOMES = new ConcurrentLinkedQueue<>();
  private static final ConcurrentLinkedQueue<String> DECODED = new ConcurrentLinkedQueue<>();
  private static final String JWT = "a.b.c";
  private static final ThreadHolder HOLDER = new ThreadHolder();

  private static SpringServer server;

  /** Shares no context with the static holder of Spring Security. */
  private static final class ThreadHolder implements SecurityContextHolderStrategy {

    private final ThreadLocal<SecurityContext> contexts =
        ThreadLocal.withInitial(SecurityContextImpl::new);

    @Override
    public void clearContext() {
      contexts.remove();
    }

    @Override
    public SecurityContext getContext() {
      return contexts.get();
    }

    @Override
    public void setContext(SecurityContext context) {
      contexts.set(context);
    }

    @Override
    public SecurityContext createEmptyContext() {
      return new SecurityContextImpl();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableMethodSecurity
  @RestController
  static class Application implements ErrorController {

    @Bean
    FixedVerdicts verdicts() {
      return VERDICTS;
    }

    @Bean
    SecurityContextHolderStrategy holder() {
      return HOLDER;
    }

    @Bean
    VerificationListener outcomes() {
      return new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, ClientInfo client) {
          OUTCOMES.add("accepted " + client.address());
        }

        @Override
        public void refused(Verification.Refused refused, ClientInfo client) {
          OUTCOMES.add("refused " + refused.reason());
        }

        @Override
        public void unavailable(ClientInfo client) {
          OUTCOMES.add("unavailable");
        }

        @Override
        public void rateExceeded(Verification.Accepted accepted, ClientInfo client) {
          OUTCOMES.add("rate " + client.address());
        }
      };
    }

    @Bean
    AuthenticationManager users() {
      return new ProviderManager(
          new DaoAuthenticationProvider(
              new InMemoryUserDetailsManager(
                  User.withUsername("ada")
                      .password("{noop}countess")
                      .authorities("SCOPE_catalog:read", "SCOPE_orders:read")
                      .build())));
    }

    @Bean
    @Order(1)
    SecurityFilterChain savesEachContext(HttpSecurity http) throws Exception {
      return http.securityMatcher("/sessions/**")
          .with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
          .securityContext(contexts -> contexts.requireExplicitSave(false))
          .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain acceptsJwts(HttpSecurity http) throws Exception {
      return http.securityMatcher("/jwts/**")
          .oauth2ResourceServer(jwts -> jwts.jwt(Customizer.withDefaults()))
          .with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
          .authorizeHttpRequests(
              requests ->
                  requests.requestMatchers("/jwts/denied").denyAll().anyRequest().authenticated())
          .build();
    }

    @Bean
    JwtDecoder decoder() {
      return jwt -> {
        DECODED.add(jwt);
        if (jwt.equals(JWT)) {
          return Jwt.withTokenValue(jwt).header("alg", "none").subject("bob").build();
        }
        throw new BadJwtException("unknown");
      };
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
      return http.with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
          .httpBasic(Customizer.withDefaults())
          .formLogin(Customizer.withDefaults())
          .authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/open")
                      .permitAll()
                      .requestMatchers("/catalog/**")
                      .hasAuthority("SCOPE_catalog:read")
                      .requestMatchers("/written/**")
                      .hasAuthority("SCOPE_catalog:write")
                      .anyRequest()
                      .authenticated())
          .build();
    }

    @GetMapping({"/open", "/catalog/items", "/name", "/sessions/name"})
    String name(@org.springframework.lang.Nullable Authentication caller, HttpSession session) {
      return caller == null ? "" : caller.getName();
    }

    @GetMapping("/jwts/header")
    String header(@RequestHeader("Authorization") String header, Authentication caller) {
      return caller.getName() + ' ' + header;
    }

    /** Responds in a second, asynchronous dispatch. */
    @GetMapping("/written/later")
    Callable<String> later() {
      return () -> HOLDER.getContext().getAuthentication().getName();
    }

    /** Dispatches the request to another path. */
    @GetMapping("/dispatching")
    void dispatch(HttpServletRequest request) {
      request.startAsync().dispatch("/name");
    }

    @GetMapping("/failing")
    void fail(HttpServletResponse response) throws IOException {
      response.sendError(HttpServletResponse.SC_CONFLICT);
    }

    /** Returns the name of the caller in an error dispatch. */
    @RequestMapping("/error")
    String error(Authentication caller) {
      return "error of " + caller.getName();
    }

    @PostMapping("/catalog/items")
    String create() {
      return "created";
    }

    @GetMapping("/orders")
    @PreAuthorize("hasAuthority('SCOPE_orders:read')")
    String orders() {
      return "orders";
    }
  }

  @BeforeAll
  static void start() {
    server = SpringServer.start(Application.class, "access-tokens.pass-other-bearers=true");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void missingScopeIs403() {
    String reader = VERDICTS.service("catalog:read");
    server.api().bearer(reader).get("/catalog/items").expect(200);
    ApiResult denied =
        server.api().bearer(VERDICTS.service("orders:read")).get("/catalog/items").expect(403);
    assertEquals(
        Optional.of("Bearer realm=\"access-tokens\", " + SCOPE), denied.header("WWW-Authenticate"));
    assertEquals("{\"error\":\"insufficient_scope\"}", denied.text());
    ApiResult byMethod = server.api().bearer(reader).get("/orders").expect(403);
    assertTrue(
        byMethod.headerLine("WWW-Authenticate").contains("insufficient_scope"), byMethod::toString);
  }

  @Test
  void invalidTokenIsRefusedOnAnOpenPath() {
    server.api().get("/open").expect(200);
    server.api().bearer(FixedVerdicts.unknown()).get("/open").expect(401);
  }

  @Test
  void usersOfTheApplicationStillSignIn() {
    assertEquals("ada", server.api().basic("ada", "countess").get("/name").expect(200).text());
    server.api().basic("ada", "wrong").get("/name").expect(401);
    ApiResult page = server.api().call("GET", "/name").header("Accept", "text/html").send();
    assertEquals(302, page.status(), page::toString);
  }

  /** An application whose only user is that of {@code spring.security.user}. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class UserOfProperties {

    @Bean
    FixedVerdicts verdicts() {
      return VERDICTS;
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
      return http.with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
          .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .httpBasic(Customizer.withDefaults())
          .build();
    }

    @GetMapping("/name")
    String name(Authentication caller) {
      return caller.getName();
    }
  }

  @Test
  void userOfThePropertiesStillSignsIn() {
    try (SpringServer other =
        SpringServer.start(
            UserOfProperties.class,
            "spring.security.user.name=admin",
            "spring.security.user.password=secret")) {
      assertEquals("admin", other.api().basic("admin", "secret").get("/name").expect(200).text());
      other.api().basic("admin", "wrong").get("/name").expect(401);
      other.api().bearer(VERDICTS.service()).get("/name").expect(200);
    }
  }

  @Test
  void tokenTakesPrecedenceOverASession() {
    String session = session();
    ApiResult answer =
        server
            .api()
            .bearer(VERDICTS.service())
            .call("GET", "/catalog/items")
            .header("Cookie", session)
            .send();
    assertEquals(403, answer.status(), answer::toString);
    ApiResult bad =
        server
            .api()
            .bearer(FixedVerdicts.unknown())
            .call("GET", "/name")
            .header("Cookie", session)
            .send();
    assertEquals(401, bad.status(), bad::toString);
  }

  @Test
  void tokenTakesPrecedenceInLaterDispatches() {
    String session = session();
    OUTCOMES.clear();
    Api caller = server.api().bearer(VERDICTS.service("catalog:write"));
    String name = "service-token:group:default/platform:nightly";
    for (String cookie : List.of("x=y", session)) {
      assertEquals(name, get(caller, "/written/later", cookie).expect(200).text());
      assertEquals(name, get(caller, "/dispatching", cookie).expect(200).text());
      assertEquals("error of " + name, get(caller, "/failing", cookie).expect(409).text());
    }
    assertEquals(6, OUTCOMES.size(), "each token is verified once");
    assertEquals("ada", get(server.api(), "/dispatching", session).expect(200).text());
    assertEquals("error of ada", get(server.api(), "/failing", session).expect(409).text());
  }

  private static ApiResult get(Api caller, String path, String cookie) {
    return caller.call("GET", path).header("Cookie", cookie).send();
  }

  @Test
  void sessionDoesNotKeepTheCaller() {
    ApiResult named = server.api().bearer(VERDICTS.service()).get("/sessions/name").expect(200);
    server.api().call("GET", "/sessions/name").header("Cookie", cookie(named)).send().expect(401);
  }

  @Test
  void filterForJwtsSeesNoRawToken() {
    DECODED.clear();
    String good = VERDICTS.service();
    assertEquals(
        "service-token:group:default/platform:nightly Bearer " + good,
        server.api().bearer(good).get("/jwts/header").expect(200).text());
    for (String bad : List.of(FixedVerdicts.unknown(), "bsat_junk")) {
      server.api().bearer(bad).get("/jwts/header").expect(401);
    }
    server.api().bearer(good).get("/jwts/denied").expect(403);
    assertEquals(List.of(), List.copyOf(DECODED));

    assertEquals(
        "bob Bearer " + JWT, server.api().bearer(JWT).get("/jwts/header").expect(200).text());
    server.api().bearer("d.e.f").get("/jwts/header").expect(401);
    assertEquals(List.of(JWT, "d.e.f"), List.copyOf(DECODED));
    server.api().get("/jwts/header").expect(401);
  }

  @Test
  void onlyRequestsWithATokenNeedNoCsrfToken() {
    server.api().bearer(VERDICTS.service("catalog:read")).post("/catalog/items", "{}").expect(200);
    ApiResult forged =
        server.api().call("POST", "/catalog/items").header("Cookie", session()).json("{}").send();
    assertEquals(403, forged.status(), forged::toString);
    assertEquals(List.of(), forged.headers("WWW-Authenticate"));
  }

  /** Signs in with the form, and returns the cookie of the session. */
  private static String session() {
    ApiResult form = server.api().get("/login").expect(200);
    String csrf = form.text().replaceFirst("(?s).*name=\"_csrf\"[^>]*value=\"([^\"]*)\".*", "$1");
    ApiResult signedIn =
        server
            .api()
            .call("POST", "/login")
            .header("Cookie", cookie(form))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("username=ada&password=countess&_csrf=" + csrf)
            .send()
            .expect(302);
    String session = cookie(signedIn);
    ApiResult named =
        server.api().call("GET", "/catalog/items").header("Cookie", session).send().expect(200);
    assertEquals("ada", named.text());
    return session;
  }

  private static String cookie(ApiResult answer) {
    String cookie = answer.headerLine("Set-Cookie").split(";", 2)[0];
    assertTrue(cookie.startsWith("JSESSIONID="), answer::toString);
    return cookie;
  }

  @Test
  void listenerReceivesEachOutcomeOnce() {
    OUTCOMES.clear();
    server.api().bearer(VERDICTS.service()).get("/name").expect(200);
    server.api().bearer(FixedVerdicts.unknown()).get("/name").expect(401);
    server.api().bearer("bsat_junk").get("/name").expect(401);
    VERDICTS.setOut(true);
    try {
      server.api().bearer(VERDICTS.service()).get("/name").expect(503);
    } finally {
      VERDICTS.setOut(false);
    }
    String limited = VERDICTS.limited(1);
    server.api().bearer(limited).get("/name").expect(200);
    server.api().bearer(limited).get("/name").expect(429);
    assertEquals(
        List.of(
            "accepted 127.0.0.1",
            "refused UNKNOWN",
            "refused MALFORMED",
            "unavailable",
            "accepted 127.0.0.1",
            "rate 127.0.0.1"),
        List.copyOf(OUTCOMES));
  }

  @Test
  void managerOfTheApplicationIsTheOnlyOne() {
    assertEquals(
        List.of("users"),
        List.of(server.context().getBeanNamesForType(AuthenticationManager.class)));
  }
}
