package io.accesstokens.spring;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.auth.SafeRemoteListener;
import io.accesstokens.auth.metrics.VerifierMetrics;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.AuthenticationEventPublisher;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Configures the verification of raw tokens in a servlet application. Beans of the application with
 * these types replace the defaults: {@link TokenVerifier}, {@link RawTokenFormat}, {@link
 * AuthenticationManager}, {@link SecurityFilterChain}, {@link VerifierMetrics}.
 */
@AutoConfiguration(
    // Spring Boot 3, then Spring Boot 4. These classes would create a user with a password.
    beforeName = {
      "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
      "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.security.servlet"
          + ".ManagementWebSecurityAutoConfiguration",
      "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
      "org.springframework.boot.security.autoconfigure.web.servlet"
          + ".ServletWebSecurityAutoConfiguration",
      "org.springframework.boot.security.autoconfigure.actuate.web.servlet"
          + ".ManagementWebSecurityAutoConfiguration"
    },
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics"
          + ".CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure"
          + ".CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({SecurityFilterChain.class, HttpSecurity.class})
@EnableConfigurationProperties(AccessTokensProperties.class)
@Import({ActuatorHealthConfiguration.class, HealthContributorConfiguration.class})
final class AccessTokensAutoConfiguration {

  AccessTokensAutoConfiguration() {}

  /** Verifies tokens at the service, unless the application has its own verifier. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(TokenVerifier.class)
  static class RemoteVerifierConfiguration {

    @Bean
    FeedState accessTokensFeedState() {
      return new FeedState();
    }

    @Bean
    RemoteTokenVerifier accessTokensVerifier(
        AccessTokensProperties properties, ObjectProvider<RemoteListener> listeners) {
      RemoteListener listener =
          listeners
              .orderedStream()
              .<RemoteListener>map(SafeRemoteListener::new)
              .reduce(RemoteListener.NO_OP, RemoteListener::and);
      RemoteTokenVerifier.Builder builder = properties.verifier().listener(listener);
      return AccessTokensProperties.valid("url", builder::build);
    }
  }

  /** Publishes the metrics of the verifier if the application has a {@link MeterRegistry}. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  @ConditionalOnBean(MeterRegistry.class)
  static class MetricsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    VerifierMetrics accessTokensMetrics(MeterRegistry registry) {
      return new VerifierMetrics(registry);
    }
  }

  /**
   * Hides the raw token of this application in the endpoints {@code env} and {@code configprops}.
   */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(SanitizingFunction.class)
  static class SanitizingConfiguration {

    private static final String KEY = "accesstokenstoken";

    @Bean
    SanitizingFunction accessTokensSanitizingFunction(AccessTokensProperties properties) {
      // The token can be a part of other values, such as the command line.
      return data ->
          isToken(data.getKey()) || properties.isTokenIn(String.valueOf(data.getValue()))
              ? data.withSanitizedValue()
              : data;
    }

    /**
     * Returns true if the key is a spelling of {@code access-tokens.token}, such as the name of the
     * environment variable.
     */
    private static boolean isToken(String key) {
      StringBuilder letters = new StringBuilder();
      key.toLowerCase(Locale.ROOT)
          .chars()
          .filter(Character::isLetter)
          .forEach(letters::appendCodePoint);
      return KEY.contentEquals(letters);
    }
  }

  /**
   * Matches if no property defines a user for Spring Boot. If a property defines a user, this
   * configuration must not add an {@code AuthenticationManager}. With this bean, Spring Boot would
   * not create the user.
   */
  static final class NoUserProperties extends NoneNestedConditions {

    NoUserProperties() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty("spring.security.user.name")
    static class Name {}

    @ConditionalOnProperty("spring.security.user.password")
    static class Password {}
  }

  /**
   * Creates the {@link RawTokenSupport} at start, even with lazy initialization. Therefore a wrong
   * property prevents the start.
   */
  @Bean
  static LazyInitializationExcludeFilter accessTokensEagerBeans() {
    return LazyInitializationExcludeFilter.forBeanTypes(RawTokenSupport.class);
  }

  @Bean
  RawTokenSupport accessTokensSupport(
      AccessTokensProperties properties,
      TokenVerifier verifier,
      ObjectProvider<RawTokenFormat> format,
      ObjectProvider<VerificationListener> listeners,
      ObjectProvider<AuthenticationEventPublisher> events,
      ObjectProvider<SecurityContextHolderStrategy> holders) {
    VerificationListener listener =
        listeners.orderedStream().reduce(VerificationListener.NO_OP, VerificationListener::and);
    ProviderManager manager =
        new ProviderManager(
            new RawTokenAuthenticationProvider(verifier, listener, properties.personalTokens()));
    events.ifAvailable(manager::setAuthenticationEventPublisher);
    // The configurers of Spring Security look up the strategy in the same way.
    SecurityContextHolderStrategy holder =
        holders.getIfUnique(SecurityContextHolder::getContextHolderStrategy);
    BearerResponses responses = new BearerResponses(holder);
    return new RawTokenSupport(
        manager,
        new RawTokenFilter(
            manager,
            responses,
            format.getIfAvailable(() -> RawTokenFormat.DEFAULT),
            properties.passOtherBearers(),
            holder),
        responses);
  }

  /**
   * Returns a manager for raw tokens only. With this bean, Spring Boot creates no user with a
   * generated password.
   */
  @Bean
  @ConditionalOnMissingBean(AuthenticationManager.class)
  @Conditional(NoUserProperties.class)
  AuthenticationManager accessTokensAuthenticationManager(RawTokenSupport support) {
    return support.manager();
  }

  /**
   * Requires a valid token for each request, except in an error dispatch. A request that failed
   * before its token was verified must get its own error, and not 401.
   */
  @Bean
  @ConditionalOnMissingBean(SecurityFilterChain.class)
  SecurityFilterChain accessTokensSecurityFilterChain(HttpSecurity http) throws Exception {
    return http.with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .build();
  }
}
