package com.example.catalog;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Adds the baseline to the example: the same response, behind a chain that admits all callers. */
@Configuration
@RestController
class OpenController {

  @Bean
  @Order(0)
  SecurityFilterChain open(HttpSecurity http) throws Exception {
    return http.securityMatcher("/open")
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  @GetMapping("/open")
  Map<String, String> items() {
    return Map.of();
  }
}
