package io.accesstokens.spring;

import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Prevents the start of a web application that has the starter, but lacks Spring Security or is
 * reactive. Such an application would serve requests without verifying raw tokens.
 */
@AutoConfiguration
final class UnguardedApplicationAutoConfiguration {

  UnguardedApplicationAutoConfiguration() {}

  /**
   * Creates the beans of this class at start even with lazy initialization, so that they can
   * prevent the start.
   */
  @Bean
  static LazyInitializationExcludeFilter accessTokensEagerChecks() {
    return LazyInitializationExcludeFilter.forBeanTypes(MissingSecurity.class, Reactive.class);
  }

  /**
   * Matches if a class of Spring Security is missing. {@link AccessTokensAutoConfiguration} then
   * does not guard the application.
   */
  static final class IncompleteSecurity extends NoneNestedConditions {

    IncompleteSecurity() {
      super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnClass({SecurityFilterChain.class, HttpSecurity.class})
    static class Complete {}
  }

  /** Refuses an application without Spring Security. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @Conditional(IncompleteSecurity.class)
  static class MissingSecurity {

    MissingSecurity() {
      throw new AccessTokensStartException(
          "access-tokens-spring-boot-starter needs Spring Security, but spring-security-web or"
              + " spring-security-config is not on the class path",
          "Declare the dependency org.springframework.boot:spring-boot-starter-security.");
    }
  }

  /** Refuses a reactive application. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static class Reactive {

    Reactive() {
      throw new AccessTokensStartException(
          "access-tokens-spring-boot-starter supports servlet applications, not WebFlux",
          "Remove the starter, and use the opaque token support of Spring Security.");
    }
  }
}
