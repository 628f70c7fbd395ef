package io.accesstokens.spring;

import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Provides the health indicator on Spring Boot 3. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("access-tokens")
@ConditionalOnBean(FeedState.class)
class ActuatorHealthConfiguration {

  @Bean
  HealthIndicator accessTokensHealthIndicator(FeedState feed) {
    return () ->
        (feed.isUp() ? Health.up() : Health.down()).withDetail("cache", feed.hasLease()).build();
  }
}
