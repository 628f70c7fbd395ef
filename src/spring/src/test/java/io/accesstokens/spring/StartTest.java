package io.accesstokens.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.web.SecurityFilterChain;

/** Tests which beans an application gets, and which errors stop its start. */
class StartTest {

  private static final String TOKEN = "bsat_secret";
  private static final AutoConfigurations CONFIGURATIONS =
      AutoConfigurations.of(
          AccessTokensAutoConfiguration.class,
          UnguardedApplicationAutoConfiguration.class,
          SecurityAutoConfiguration.class,
          UserDetailsServiceAutoConfiguration.class);

  private final WebApplicationContextRunner runner =
      new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS);

  private static FailureAnalysis analysis(Throwable failure) {
    assertNotNull(failure, "the application has started");
    FailureAnalysis analysis = new AccessTokensFailureAnalyzer().analyze(failure);
    assertNotNull(analysis, failure::toString);
    return analysis;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          access-tokens.token=bsat_secret | access-tokens.url is missing
          access-tokens.url= | access-tokens.url is missing
          access-tokens.url=https://tokens | access-tokens.token is missing
          access-tokens.url=https://tokens,access-tokens.token=a b | access-tokens.token is wrong: the verifier's own raw token is malformed
          access-tokens.url=http://tokens,access-tokens.token=bsat_secret | access-tokens.url is wrong: plain http to tokens is refused: use https, or call allowPlainHttp()
          access-tokens.url=https://a:bsat_secret@b,access-tokens.token=x | access-tokens.url is wrong: the service's address must have the form https://host[:port][/path]
          access-tokens.url=https://bsat_secret b,access-tokens.token=x | access-tokens.url is wrong: the address is malformed
          access-tokens.url=https://a,access-tokens.token=x,access-tokens.timeout=0s | access-tokens.timeout is wrong: a duration must be positive
          access-tokens.url=https://a,access-tokens.token=x,access-tokens.connect-timeout=0s | access-tokens.connect-timeout is wrong: a duration must be positive
          access-tokens.url=https://a,access-tokens.token=x,access-tokens.cache-ttl=0s | access-tokens.cache-ttl is wrong: a duration must be positive
          access-tokens.url=https://a,access-tokens.token=x,access-tokens.api-path=rest | access-tokens.api-path is wrong: the path of the API must be empty or have the form /path, without a slash at its end
          """)
  void wrongSettingStopsTheStartWithOneLine(String properties, String expected) {
    runner
        .withPropertyValues(properties.split(","))
        .run(
            context -> {
              FailureAnalysis analysis = analysis(context.getStartupFailure());
              assertEquals(expected, analysis.getDescription());
              assertTrue(analysis.getAction().contains("access-tokens.url"), analysis.getAction());
              StringBuilder messages = new StringBuilder();
              for (Throwable cause = context.getStartupFailure();
                  cause != null;
                  cause = cause.getCause()) {
                messages.append(cause);
              }
              assertFalse(messages.toString().contains(TOKEN), messages::toString);
            });
  }

  @Test
  void lazyInitializationDefersNoCheck() {
    WebApplicationContextRunner lazy =
        runner.withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()));
    lazy.run(
        context ->
            assertEquals(
                "access-tokens.url is missing",
                analysis(context.getStartupFailure()).getDescription()));
    lazy.withClassLoader(new FilteredClassLoader("org.springframework.security"))
        .run(context -> assertDescribed("Spring Security", context.getStartupFailure()));
  }

  @Test
  void validSettingsStartWithoutTheService() {
    runner
        .withPropertyValues(
            "access-tokens.url=http://127.0.0.1:9/tokens/", "access-tokens.token=" + TOKEN)
        .run(
            context -> {
              assertNull(context.getStartupFailure());
              assertEquals(
                  List.of("accessTokensSecurityFilterChain"),
                  List.of(context.getBeanNamesForType(SecurityFilterChain.class)));
              AccessTokensProperties properties = context.getBean(AccessTokensProperties.class);
              assertFalse(properties.toString().contains(TOKEN), properties::toString);
            });
  }

  @Test
  void verifierOfTheApplicationNeedsNoSettings() {
    runner
        .withBean("own", TokenVerifier.class, FixedVerdicts::new)
        .run(
            context -> {
              assertNull(context.getStartupFailure());
              assertInstanceOf(FixedVerdicts.class, context.getBean(TokenVerifier.class));
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void settingDecidesAboutPersonalTokens(boolean accepted) {
    FixedVerdicts verdicts = new FixedVerdicts();
    runner
        .withBean("own", TokenVerifier.class, () -> verdicts)
        .withPropertyValues("access-tokens.personal-tokens=" + accepted)
        .run(
            context -> {
              AuthenticationManager manager = context.getBean(RawTokenSupport.class).manager();
              assertTrue(isAccepted(manager, verdicts.service()), "service token");
              assertEquals(accepted, isAccepted(manager, verdicts.personal()), "personal token");
            });
  }

  private static boolean isAccepted(AuthenticationManager manager, String rawToken) {
    RawTokenAuthentication request =
        new RawTokenAuthentication(
            RawTokenFormat.DEFAULT.parse(rawToken).orElseThrow(), new ClientInfo(null, null));
    try {
      return manager.authenticate(request).isAuthenticated();
    } catch (BadCredentialsException e) {
      return false;
    }
  }

  /** The annotation is in {@code WebMvcTest} of Spring Boot 3, then of Spring Boot 4. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc",
        "org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc"
      })
  void testsOfControllersHaveTheStarter(String annotation) throws IOException {
    try (InputStream imports =
        getClass().getResourceAsStream("/META-INF/spring/" + annotation + ".imports")) {
      assertNotNull(imports, annotation);
      assertEquals(
          AccessTokensAutoConfiguration.class.getName(),
          new String(imports.readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
  }

  /** An application that only calls other services can have a part of Spring Security. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.springframework.security",
        "org.springframework.security.web",
        "org.springframework.security.config"
      })
  void applicationWithoutAllOfSpringSecurityDoesNotStart(String missing) {
    runner
        .withClassLoader(new FilteredClassLoader(missing))
        .run(
            context -> {
              FailureAnalysis analysis = analysis(context.getStartupFailure());
              assertTrue(
                  analysis.getDescription().contains("Spring Security"), analysis::getDescription);
              assertTrue(
                  analysis.getAction().contains("spring-boot-starter-security"),
                  analysis::getAction);
            });
  }

  @Test
  void reactiveApplicationDoesNotStart() {
    new ReactiveWebApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .run(context -> assertDescribed("WebFlux", context.getStartupFailure()));
  }

  private static void assertDescribed(String cause, Throwable failure) {
    String description = analysis(failure).getDescription();
    assertTrue(description.contains(cause), description);
  }
}
