package io.accesstokens.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Provides the health indicator on Spring Boot 4. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("access-tokens")
@ConditionalOnBean(FeedState.class)
class HealthContributorConfiguration {

  @Bean
  HealthIndicator accessTokensHealthIndicator(FeedState feed) {
    return () ->
        (feed.isUp() ? Health.up() : Health.down()).withDetail("cache", feed.hasLease()).build();
  }
}
