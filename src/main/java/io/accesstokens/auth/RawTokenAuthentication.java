package io.accesstokens.auth;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailable;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests with {@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1).
 *
 * <p>A good token becomes the request's principal, a {@link TokenPrincipal}; its scopes are its
 * roles. One that is not good ends the request with 401, see the package's rules. A request with
 * any other scheme, or none, passes unchanged.
 */
@Priority(Priorities.AUTHENTICATION)
final class RawTokenAuthentication implements ContainerRequestFilter {

  private static final Logger LOG = System.getLogger(RawTokenAuthentication.class.getPackageName());
  private static final String BEARER = "Bearer";
  private static final Verification.Refused MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private static final long LOG_EVERY_NANOS = 1_000_000_000;

  private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - LOG_EVERY_NANOS);
  private final AtomicLong unlogged = new AtomicLong();
  private final RawTokenFormat format;
  private final boolean passOthers;
  private final TokenCheck check;
  private final VerificationListener listener;
  private final UnknownTokenLimit unknownTokens;
  private final Refusals refusals;

  /**
   * @param format tells raw tokens from junk without I/O
   * @param passOthers whether a bearer credential that does not begin like a raw token passes
   * @param check decides about those that are well formed
   * @param listener is told of each outcome, but not of outages, nor of what was answered 429
   * @param unknownTokens says when a client has tried too many
   */
  RawTokenAuthentication(
      RawTokenFormat format,
      boolean passOthers,
      TokenCheck check,
      VerificationListener listener,
      UnknownTokenLimit unknownTokens,
      Refusals refusals) {
    this.format = format;
    this.passOthers = passOthers;
    this.check = check;
    this.listener = listener;
    this.unknownTokens = unknownTokens;
    this.refusals = refusals;
  }

  /**
   * @throws NotAuthorizedException if there is a bearer credential that is not good
   * @throws ClientErrorException 429, if it is unknown and one too many
   * @throws ServiceUnavailableException if that cannot be found out now
   */
  @Override
  public void filter(ContainerRequestContext request) {
    List<String> credentials = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (credentials == null || credentials.stream().noneMatch(RawTokenAuthentication::isBearer)) {
      return;
    }
    if (passOthers && credentials.stream().noneMatch(this::isOurs)) {
      return;
    }
    String clientAddress =
        request.getProperty(AccessTokensFeature.CLIENT_ADDRESS) instanceof String address
            ? address
            : null;
    Verification verification = verify(credentials);
    if (verification instanceof Verification.Accepted accepted) {
      listener.accepted(accepted, clientAddress);
      request.setSecurityContext(
          new TokenSecurityContext(new TokenPrincipal(accepted, clientAddress), isSecure(request)));
    } else if (verification instanceof Verification.Refused refused) {
      if (refused.reason() == Verification.Reason.UNKNOWN) {
        unknownTokens
            .exceededBy(clientAddress)
            .ifPresent(
                wait -> {
                  throw refusals.tooMany(wait);
                });
      }
      listener.refused(refused, clientAddress);
      throw refusals.invalidToken();
    }
  }

  private Verification verify(List<String> credentials) {
    if (credentials.size() > 1) {
      // Two credentials are two callers; guessing which one is meant would be wrong.
      return MALFORMED;
    }
    Optional<RawToken> token = format.parse(afterScheme(credentials.get(0)));
    if (token.isEmpty()) {
      return MALFORMED;
    }
    try {
      return check.check(token.get());
    } catch (VerificationUnavailable e) {
      outage(e);
      throw refusals.unavailable(e);
    }
  }

  /** Once in a while, for an outage may be told to thousands of requests a second. */
  private void outage(VerificationUnavailable e) {
    long silent = unlogged.incrementAndGet();
    long now = System.nanoTime();
    long last = loggedAt.get();
    if (now - last >= LOG_EVERY_NANOS && loggedAt.compareAndSet(last, now)) {
      unlogged.addAndGet(-silent);
      LOG.log(Level.WARNING, "answered 503 to {0} requests: {1}", silent, e.getMessage());
    }
  }

  /** RFC 9110, section 11.1: the scheme is case-insensitive and ends at a space. */
  private static boolean isBearer(String credential) {
    String text = credential.strip();
    return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && (text.length() == BEARER.length()
            || Character.isWhitespace(text.charAt(BEARER.length())));
  }

  private boolean isOurs(String credential) {
    return isBearer(credential) && format.claims(afterScheme(credential));
  }

  private static String afterScheme(String credential) {
    return credential.strip().substring(BEARER.length()).strip();
  }

  private static boolean isSecure(ContainerRequestContext request) {
    SecurityContext before = request.getSecurityContext();
    return before != null && before.isSecure();
  }

  private record TokenSecurityContext(TokenPrincipal principal, boolean secure)
      implements SecurityContext {

    @Override
    public Principal getUserPrincipal() {
      return principal;
    }

    @Override
    public boolean isUserInRole(@Nullable String role) {
      return role != null && principal.verified().scopes().contains(role);
    }

    @Override
    public boolean isSecure() {
      return secure;
    }

    @Override
    public String getAuthenticationScheme() {
      return AccessTokensFeature.SCHEME;
    }
  }
}
