package io.accesstokens.jwt;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.jwt.JwtVerdict.Accepted;
import io.accesstokens.jwt.JwtVerdict.Refused;
import io.accesstokens.token.Actor;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.limit.LogLimit;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests that carry a JWT of a trusted issuer in {@code Authorization: Bearer
 * <JWT>} (RFC 6750, section 2.1).
 *
 * <ul>
 *   <li>A valid JWT sets the principal of the request to an {@link Actor.Person}. The roles of the
 *       person are the permissions that the person has, even if only on some groups.
 *   <li>Every other bearer credential that reaches this filter is rejected.
 *   <li>A request without a bearer credential continues unchanged.
 * </ul>
 *
 * <p>Throws these exceptions:
 *
 * <ul>
 *   <li>{@link NotAuthorizedException} (401, {@code invalid_token}) if the credential is rejected.
 *   <li>{@link jakarta.ws.rs.ClientErrorException} (429) if the client has sent too many tokens
 *       with a wrong signature.
 *   <li>{@link ServiceUnavailableException} (503 with {@code Retry-After}) if the keys of an issuer
 *       cannot be read, or if too many threads wait for them.
 * </ul>
 *
 * <p>Does not catch {@link io.accesstokens.token.directory.DirectoryUnavailableException}.
 */
// Runs after the filter for raw tokens. That filter ignores credentials without the prefix of a raw
// token.
@Priority(Priorities.AUTHENTICATION + 2)
public final class JwtAuthenticationFilter implements ContainerRequestFilter {

  private static final Logger LOG =
      System.getLogger(JwtAuthenticationFilter.class.getPackageName());

  private static final long RETRY_AFTER_SECONDS = 2;

  private final LogLimit logLimit = new LogLimit(1);

  private final TrustedIssuers issuers;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final JwtListener listener;
  private final SignatureLimit signatures;

  /**
   * Creates a filter.
   *
   * @param directory returns the groups of a user. The user also belongs to the groups in the token
   * @param permissions computes the roles of a user
   * @param listener receives the rejections
   * @param signatures limits the number of tokens with a wrong signature that a client can send
   */
  public JwtAuthenticationFilter(
      TrustedIssuers issuers,
      GroupDirectory directory,
      PermissionPolicy permissions,
      JwtListener listener,
      SignatureLimit signatures) {
    this.signatures = signatures;
    this.issuers = issuers;
    this.directory = directory;
    this.permissions = permissions;
    this.listener = listener;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    Optional<BearerCredentials> credentials = BearerCredentials.undecided(request);
    if (credentials.isEmpty()) {
      return;
    }
    String clientAddress = AccessTokensFeature.clientAddress(request);
    JwtVerdict verdict = verify(credentials.get(), clientAddress);
    if (verdict instanceof Accepted accepted) {
      Actor.Person person =
          new Actor.Person(accepted.user(), groups(accepted), Set.of(), clientAddress);
      request.setSecurityContext(
          CallerContext.byBearer(
              person, permissions.permissionsOf(person), request.getSecurityContext().isSecure()));
    } else if (verdict instanceof Refused refused) {
      listener.refused(refused.reason(), clientAddress);
      throw new NotAuthorizedException(
          "the bearer token is not valid",
          Response.status(Response.Status.UNAUTHORIZED)
              .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN)
              .build());
    }
  }

  private JwtVerdict verify(BearerCredentials credentials, @Nullable String clientAddress) {
    try {
      return credentials
          .only()
          .map(token -> issuers.verify(token, signatures, clientAddress))
          .orElseGet(() -> new Refused(Reason.MALFORMED));
    } catch (KeysUnavailableException e) {
      logLimit.log(LOG, Level.WARNING, "responded with 503: " + e.getMessage());
      throw new ServiceUnavailableException(
          "an issuer's keys cannot be read", RETRY_AFTER_SECONDS, e);
    }
  }

  private Set<EntityRef> groups(Accepted accepted) {
    Set<EntityRef> groups = new HashSet<>(accepted.groups());
    groups.addAll(directory.groupsOf(accepted.user()));
    return groups;
  }
}
