package com.example.catalog;

// region: application
import static io.accesstokens.spring.AccessTokensConfigurer.accessTokens;
import static org.springframework.security.config.Customizer.withDefaults;

import jakarta.servlet.DispatcherType;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

@SpringBootApplication
public class CatalogApplication {

  public static void main(String[] arguments) {
    SpringApplication.run(CatalogApplication.class, arguments);
  }

  @Bean
  SecurityFilterChain api(HttpSecurity http) throws Exception {
    return http.with(accessTokens(), withDefaults())
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers("/actuator/health/**")
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, "/catalog/**")
                    .hasAuthority("SCOPE_catalog:read")
                    .requestMatchers("/catalog/**")
                    .hasAuthority("SCOPE_catalog:write")
                    .anyRequest()
                    .authenticated())
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable) // only because this chain has no other sign-in
        .build();
  }
}
// endregion
