package io.accesstokens.consent;

import io.accesstokens.http.BaseResource;
import io.accesstokens.http.Callers;
import io.accesstokens.mint.InSession;
import io.accesstokens.mint.MintFlows;
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

/** What the resources of this room have in common. */
abstract class FlowRoute extends BaseResource {

  /** Below the application's root. */
  static final String TOKENS_PAGE = "/settings/personal-tokens";

  static final String CONSENT_PAGE = TOKENS_PAGE + "/consent";

  private final @Nullable MintFlows flows;
  private final @Nullable Issuer issuer;

  @Context private @Nullable HttpServletRequest servletRequest;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  UriInfo uri;

  /**
   * @param flows null if there are no personal tokens
   * @param issuer null if it is not known where browsers reach this application; without either
   *     there is nothing here
   */
  FlowRoute(@Nullable MintFlows flows, @Nullable Issuer issuer) {
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
   * Who calls, in a session.
   *
   * @throws SessionRequiredException if they sent another credential, or none
   */
  final InSession caller() {
    return inSession().orElseThrow(SessionRequiredException::new);
  }

  final Optional<InSession> inSession() {
    Object key = servletRequest == null ? null : servletRequest.getAttribute(Callers.SESSION_KEY);
    return security.getUserPrincipal() instanceof Actor.Person person
            && person.sessionId() != null
            && key instanceof SessionKey sessionKey
        ? Optional.of(new InSession(person, sessionKey))
        : Optional.empty();
  }

  /**
   * Returns the parameters of a query. One without a value counts as absent (RFC 6749, section
   * 3.1). Throws what {@link #query} throws if the query is malformed.
   */
  static Map<String, List<String>> parameters(URI request) {
    Map<String, List<String>> parameters = new HashMap<>(query(request));
    parameters.values().removeIf(values -> values.stream().allMatch(String::isEmpty));
    return parameters;
  }

  /** The value of a parameter that is there once. */
  static Optional<String> single(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** Sends a browser to a page of ours. */
  final Response page(String path) {
    // Relative to the server, and a text: what is built from a URI is made absolute, by Host.
    return found(Optional.ofNullable(issuer().baseUrl().getRawPath()).orElse("") + path);
  }

  static Response found(String location) {
    return Response.status(Response.Status.FOUND).header(HttpHeaders.LOCATION, location).build();
  }
}
