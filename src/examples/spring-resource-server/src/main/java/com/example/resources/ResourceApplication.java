package com.example.resources;

import static org.springframework.security.config.Customizer.withDefaults;

import jakarta.servlet.DispatcherType;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.security.oauth2.resource.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts raw tokens below {@code /catalog}, and short-lived JWTs below {@code /me}. */
@SpringBootApplication
@RestController
public class ResourceApplication {

  public static void main(String[] arguments) {
    SpringApplication.run(ResourceApplication.class, arguments);
  }

  // region: introspector
  @Bean
  OpaqueTokenIntrospector introspector(
      OAuth2ResourceServerProperties properties, @Value("${tokens.audience}") String audience) {
    OAuth2ResourceServerProperties.Opaquetoken settings = properties.getOpaquetoken();
    OpaqueTokenIntrospector introspector =
        SpringOpaqueTokenIntrospector.withIntrospectionUri(settings.getIntrospectionUri())
            .clientId(settings.getClientId())
            .clientSecret(settings.getClientSecret())
            .build();
    return token -> {
      OAuth2AuthenticatedPrincipal caller = introspector.introspect(token);
      List<String> audiences = caller.getAttribute("aud"); // null for a raw token
      if (audiences != null && !audiences.contains(audience)) {
        throw new BadOpaqueTokenException("the token is for another service");
      }
      return caller;
    };
  }

  // endregion

  // region: opaque
  @Bean
  SecurityFilterChain rawTokens(HttpSecurity http) throws Exception {
    return http.securityMatcher("/catalog/**")
        .authorizeHttpRequests(
            requests -> requests.anyRequest().hasAuthority("SCOPE_catalog:read"))
        .oauth2ResourceServer(server -> server.opaqueToken(withDefaults()))
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  // endregion

  // region: jwt
  @Bean
  SecurityFilterChain jwts(HttpSecurity http) throws Exception {
    return http.securityMatcher("/me/**")
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .oauth2ResourceServer(server -> server.jwt(withDefaults()))
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  @Bean
  JwtDecoder jwtDecoder(
      @Value("${tokens.issuer}") String issuer, @Value("${tokens.audience}") String audience) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(issuer + "/.well-known/jwks.json")
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .validateType(false) // the validator below requires the type at+jwt
            .build();
    decoder.setJwtValidator(
        JwtValidators.createAtJwtValidator()
            .issuer(issuer)
            .audience(audience)
            .clientId("access-tokens")
            .build());
    return decoder;
  }

  // endregion

  @Bean
  SecurityFilterChain others(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll() // else the status of each error would become 403
                    .anyRequest()
                    .denyAll())
        .build();
  }

  @GetMapping({"/catalog", "/me"})
  Map<String, String> caller(Authentication caller) {
    return Map.of("name", caller.getName());
  }
}
