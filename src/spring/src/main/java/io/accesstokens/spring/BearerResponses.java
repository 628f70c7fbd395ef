package io.accesstokens.spring;

import io.accesstokens.auth.header.BearerChallenge;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;

/**
 * Writes the error responses of RFC 6750, section 3. The bodies have the same error codes as in
 * Jakarta REST applications: {@code {"error": …}}.
 */
final class BearerResponses implements AuthenticationEntryPoint, AccessDeniedHandler {

  private static final String RETRY_AFTER_SECONDS = "1";
  private static final String TOO_MANY = "too_many_requests";

  private final AccessDeniedHandler otherCallers = new AccessDeniedHandlerImpl();
  private final SecurityContextHolderStrategy holder;

  /**
   * Creates the responses.
   *
   * @param holder contains the caller of the current request
   */
  BearerResponses(SecurityContextHolderStrategy holder) {
    this.holder = holder;
  }

  /**
   * Writes the response for a request without an accepted credential: 401, 429 (RFC 6585, section
   * 4) or 503.
   */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
      throws IOException {
    if (exception instanceof RequestRateException rate) {
      // The headers of draft-ietf-httpapi-ratelimit-headers-10.
      response.setHeader("RateLimit-Policy", "\"token\";q=" + rate.perMinute() + ";w=60");
      response.setHeader("RateLimit", "\"token\";r=0;t=" + rate.seconds());
      response.setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(rate.seconds()));
      write(response, HttpStatus.TOO_MANY_REQUESTS, TOO_MANY);
    } else if (exception instanceof AuthenticationServiceException) {
      response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
      write(response, HttpStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable");
    } else if (exception instanceof BadCredentialsException) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN);
      write(response, HttpStatus.UNAUTHORIZED, "invalid_token");
    } else {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.PLAIN);
      write(response, HttpStatus.UNAUTHORIZED, "unauthorized");
    }
  }

  /** Writes the 403 response for a caller with a raw token. Other callers get Spring's response. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException exception)
      throws IOException, ServletException {
    if (isCalledWithARawToken()) {
      response.setHeader(
          HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(scope(exception)));
      write(response, HttpStatus.FORBIDDEN, "insufficient_scope");
    } else {
      otherCallers.handle(request, response, exception);
    }
  }

  /** Returns true if the caller of the current request was authenticated by a raw token. */
  boolean isCalledWithARawToken() {
    return holder.getContext().getAuthentication() instanceof RawTokenAuthentication;
  }

  /**
   * Returns the required scope, or an empty text if it is not known. If one of several scopes is
   * enough, returns the first one, because a list in RFC 6750 means that all scopes are needed.
   */
  private static String scope(AccessDeniedException exception) {
    if (exception instanceof AuthorizationDeniedException denied
        && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision) {
      Collection<GrantedAuthority> required = decision.getAuthorities();
      return required.stream()
          .map(GrantedAuthority::getAuthority)
          .filter(name -> name != null && name.startsWith(RawTokenAuthentication.AUTHORITY_PREFIX))
          .map(name -> name.substring(RawTokenAuthentication.AUTHORITY_PREFIX.length()))
          .findFirst()
          .orElse("");
    }
    return "";
  }

  private static void write(HttpServletResponse response, HttpStatus status, String error)
      throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    byte[] body = ("{\"error\":\"" + error + "\"}").getBytes(StandardCharsets.US_ASCII);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
