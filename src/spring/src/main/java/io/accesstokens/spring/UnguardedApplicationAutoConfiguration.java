package io.accesstokens.spring;

import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Stops the start of a web application that has the starter, but would serve requests without
 * verifying raw tokens.
 */
@AutoConfiguration
final class UnguardedApplicationAutoConfiguration {

  private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";

  UnguardedApplicationAutoConfiguration() {}

  /** Makes this class stop the start, although other beans are created later. */
  @Bean
  static LazyInitializationExcludeFilter accessTokensEagerChecks() {
    return LazyInitializationExcludeFilter.forBeanTypes(MissingSecurity.class, Reactive.class);
  }

  /** Requires Spring Security. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnMissingClass(SECURITY)
  static class MissingSecurity {

    MissingSecurity() {
      throw new AccessTokensStartException(
          "access-tokens-spring-boot-starter needs Spring Security, which is not on the class path",
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
