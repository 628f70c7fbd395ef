package io.accesstokens.spring;

import java.util.Locale;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfFilter;

/**
 * Makes a {@code SecurityFilterChain} of an application accept raw tokens:
 *
 * <pre>{@code
 * http.with(AccessTokensConfigurer.accessTokens(), Customizer.withDefaults())
 *     .authorizeHttpRequests(
 *         requests -> requests.anyRequest().hasAuthority("SCOPE_catalog:read"));
 * }</pre>
 *
 * <p>The principal is an {@link io.accesstokens.auth.TokenPrincipal}. Requests with a raw token
 * need no CSRF token, because no browser sends a raw token by itself. An entry point of the
 * application replaces the 401 response to an anonymous request. An access denied handler of the
 * application replaces the 403 response. The responses to a credential that was not accepted (401,
 * 429 and 503) cannot be replaced.
 *
 * <p>Raw tokens are verified before other credentials. Other filters of the chain, such as those of
 * {@code oauth2ResourceServer}, never see the {@code Authorization} header of a raw token. The
 * application sees this header.
 */
public final class AccessTokensConfigurer
    extends AbstractHttpConfigurer<AccessTokensConfigurer, HttpSecurity> {

  private AccessTokensConfigurer() {}

  /** Returns a configurer for one chain. */
  public static AccessTokensConfigurer accessTokens() {
    return new AccessTokensConfigurer();
  }

  @Override
  @SuppressWarnings("unchecked") // configurers are looked up by their raw classes
  public void init(HttpSecurity http) {
    RawTokenSupport support = support(http);
    ExceptionHandlingConfigurer<HttpSecurity> errors =
        http.getConfigurer(ExceptionHandlingConfigurer.class);
    if (errors != null) {
      errors.defaultAuthenticationEntryPointFor(
          support.responses(), request -> !acceptsHtml(request.getHeader(HttpHeaders.ACCEPT)));
      errors.defaultAccessDeniedHandlerFor(
          support.responses(), request -> support.responses().isCalledWithARawToken());
    }
    CsrfConfigurer<HttpSecurity> csrf = http.getConfigurer(CsrfConfigurer.class);
    if (csrf != null) {
      csrf.ignoringRequestMatchers(support.filter()::handles);
    }
  }

  /**
   * Returns true if the {@code Accept} header contains {@code text/html}, as for a browser that
   * loads a page. Another entry point of the chain, for example of form login, then handles the
   * request. If there is no other entry point, this class still handles the request.
   */
  private static boolean acceptsHtml(String accept) {
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(MediaType.TEXT_HTML_VALUE);
  }

  @Override
  public void configure(HttpSecurity http) {
    // Before all filters of Spring Security that authenticate requests.
    http.addFilterAfter(support(http).filter(), CsrfFilter.class);
    http.addFilterAfter(new HiddenTokenRequest.RevealFilter(), AuthorizationFilter.class);
  }

  private static RawTokenSupport support(HttpSecurity http) {
    return http.getSharedObject(ApplicationContext.class).getBean(RawTokenSupport.class);
  }
}
