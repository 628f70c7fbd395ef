package io.accesstokens.spring;

import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates requests with {@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1). A
 * request with an invalid token gets an error response and is not passed on. A request with any
 * other scheme, or without a credential, passes unchanged.
 *
 * <p>Spring Security's own {@code AuthenticationFilter} is not used, for two reasons. That filter
 * changes the id of a session of the request. It can also add the authorities of the session to
 * those of the token.
 */
final class RawTokenFilter extends OncePerRequestFilter {

  private final AuthenticationManager manager;
  private final AuthenticationEntryPoint responses;
  private final RawTokenFormat format;
  private final boolean passOthers;
  private final SecurityContextHolderStrategy holder;

  /** Keeps the context for asynchronous and error dispatches of the same request only. */
  private final SecurityContextRepository contexts =
      new RequestAttributeSecurityContextRepository();

  /**
   * Creates a filter.
   *
   * @param manager verifies raw tokens
   * @param responses writes the response for a credential that was not accepted
   * @param passOthers true to pass bearer credentials that do not begin with a prefix of raw
   *     tokens; false to refuse them with 401
   * @param holder receives the caller; the other filters of the chain must use the same holder
   */
  RawTokenFilter(
      AuthenticationManager manager,
      AuthenticationEntryPoint responses,
      RawTokenFormat format,
      boolean passOthers,
      SecurityContextHolderStrategy holder) {
    this.manager = manager;
    this.responses = responses;
    this.format = format;
    this.passOthers = passOthers;
    this.holder = holder;
  }

  /**
   * Returns false, so that this filter also sets the caller of an asynchronous dispatch. Otherwise,
   * the user of a session could become the caller.
   */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  /**
   * Returns false, so that this filter also sets the caller of an error dispatch. Otherwise, the
   * user of a session could become the caller.
   */
  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Optional<BearerCredentials> credentials = credentials(request);
    HttpServletRequest next = request;
    Optional<SecurityContext> saved = saved(request);
    if (saved.isPresent()) {
      holder.setContext(saved.get());
      next = new HiddenTokenRequest(request);
    } else if (credentials.isPresent() && request.getDispatcherType() != DispatcherType.ERROR) {
      Authentication caller;
      try {
        caller = manager.authenticate(unverified(request, credentials.get()));
      } catch (AuthenticationException e) {
        holder.clearContext();
        responses.commence(request, response, e);
        return;
      }
      SecurityContext context = holder.createEmptyContext();
      context.setAuthentication(caller);
      holder.setContext(context);
      contexts.saveContext(context, request, response);
      next = new HiddenTokenRequest(request);
    }
    chain.doFilter(next, response);
  }

  /**
   * Returns the security context that the first dispatch of the request has saved. Therefore an
   * asynchronous or error dispatch does not verify the token again. Returns empty in the first
   * dispatch.
   */
  private Optional<SecurityContext> saved(HttpServletRequest request) {
    return contexts.containsContext(request)
        ? Optional.of(contexts.loadDeferredContext(request).get())
            .filter(context -> context.getAuthentication() instanceof RawTokenAuthentication)
        : Optional.empty();
  }

  /**
   * Returns true if the request has a bearer credential that this filter verifies. Without one, a
   * first dispatch passes unchanged.
   */
  boolean handles(HttpServletRequest request) {
    return credentials(request).isPresent();
  }

  private Optional<BearerCredentials> credentials(HttpServletRequest request) {
    return BearerCredentials.of(Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)))
        .filter(credentials -> !passOthers || credentials.any(format::hasPrefix));
  }

  private RawTokenAuthentication unverified(
      HttpServletRequest request, BearerCredentials credentials) {
    RawToken rawToken = credentials.only().flatMap(format::parse).orElse(null);
    // Behind a proxy, the container or a filter of Spring has set the address of the client.
    return new RawTokenAuthentication(
        rawToken,
        new ClientInfo(request.getRemoteAddr(), request.getHeader(HttpHeaders.USER_AGENT)));
  }
}
