package io.accesstokens.consent;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.SessionCaller;
import io.accesstokens.mint.SessionRequiredException;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.session.SessionKey;
import io.accesstokens.token.Actor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Base class of the resources of a mint flow, which creates a personal token after the user has
 * consented.
 */
abstract class BaseMintFlowResource extends BaseResource {

  /** The path of the page of personal tokens, relative to the application's root. */
  static final String TOKENS_PAGE = "/settings/personal-tokens";

  static final String CONSENT_PAGE = TOKENS_PAGE + "/consent";

  private final @Nullable MintFlows flows;
  private final @Nullable Issuer issuer;

  @Context private @Nullable HttpServletRequest servletRequest;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  UriInfo uri;

  /**
   * Creates the resource. If either parameter is null, the resource responds with 404.
   *
   * @param flows the service for mint flows; null if personal tokens are disabled
   * @param issuer the issuer; null if the public URL of this service is not known
   */
  BaseMintFlowResource(@Nullable MintFlows flows, @Nullable Issuer issuer) {
    this.flows = flows;
    this.issuer = issuer;
  }

  final MintFlows flows() {
    if (flows == null || issuer == null) {
      throw new NotFoundException();
    }
    return flows;
  }

  final Issuer issuer() {
    if (issuer == null) {
      throw new NotFoundException();
    }
    return issuer;
  }

  final MintClient client() {
    return MintClient.builtIn(issuer());
  }

  /**
   * Returns the caller and the key of the caller's session.
   *
   * @throws SessionRequiredException if the request has no credential, or a credential other than a
   *     session
   */
  final SessionCaller caller() {
    return sessionCaller().orElseThrow(SessionRequiredException::new);
  }

  final Optional<SessionCaller> sessionCaller() {
    Object key = servletRequest == null ? null : servletRequest.getAttribute(Callers.SESSION_KEY);
    return security.getUserPrincipal() instanceof Actor.Person person
            && person.sessionId() != null
            && key instanceof SessionKey sessionKey
        ? Optional.of(new SessionCaller(person, sessionKey))
        : Optional.empty();
  }

  /**
   * Returns the parameters in the query of a URI, by name. A parameter without a value counts as
   * absent and is omitted (RFC 6749, section 3.1).
   *
   * @throws io.accesstokens.http.problem.MalformedRequestException if the query is malformed
   */
  static Map<String, List<String>> parameters(URI request) {
    Map<String, List<String>> parameters = new HashMap<>(query(request));
    parameters.values().removeIf(values -> values.stream().allMatch(String::isEmpty));
    return parameters;
  }

  /**
   * Returns the value of a parameter; empty if the parameter is absent or occurs more than once.
   */
  static Optional<String> single(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** Redirects a browser to a page of this application. */
  final Response redirectToPage(String path) {
    // The runtime converts a URI to an absolute URI, which contains the value of the Host header. A
    // string stays unchanged.
    return redirect(Optional.ofNullable(issuer().baseUrl().getRawPath()).orElse("") + path);
  }

  static Response redirect(String location) {
    return Response.status(Response.Status.FOUND).header(HttpHeaders.LOCATION, location).build();
  }
}
