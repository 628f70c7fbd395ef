package io.accesstokens.http;

import io.accesstokens.token.ChangeFeedBroker;
import io.accesstokens.token.MintRequest;
import io.accesstokens.token.MintedToken;
import io.accesstokens.token.PersonalTokenService;
import io.accesstokens.token.ServiceTokenService;
import io.accesstokens.token.TokenNotFoundException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the resources have in common: whom they ask, and how their errors are answered. */
public abstract class BaseResource {

  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /**
   * What {@link RoutesFeature} left for the resources.
   *
   * @param authority the use cases
   * @param feed what verifiers elsewhere read; null if there is none
   * @param problems the form of errors
   */
  record Mounted(
      ServiceTokenService authority, @Nullable ChangeFeedBroker feed, Problems problems) {

    /** The name of the configuration's property that holds it. */
    static final String PROPERTY = "io.accesstokens.http.mounted";
  }

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  Configuration configuration;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  protected HttpHeaders headers;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  protected SecurityContext security;

  private Mounted mounted() {
    if (configuration.getProperty(Mounted.PROPERTY) instanceof Mounted mounted) {
      return mounted;
    }
    throw new IllegalStateException("register AccessTokensRoutes.feature beside the routes");
  }

  final ServiceTokenService authority() {
    return mounted().authority();
  }

  /**
   * What can be done with personal tokens.
   *
   * @throws NotFoundException if there are none here
   */
  final PersonalTokenService personal() {
    return authority().personal().orElseThrow(NotFoundException::new);
  }

  final Optional<ChangeFeedBroker> feed() {
    return Optional.ofNullable(mounted().feed());
  }

  /**
   * The id of a token in a path. {@link UUID#fromString} takes shorter forms, too; one resource has
   * one address.
   *
   * @throws TokenNotFoundException if it has not the form of an id
   */
  static UUID tokenId(String text) {
    return uuid(text).orElseThrow(TokenNotFoundException::new);
  }

  /** An id in its one form; empty for any other text. */
  static Optional<UUID> uuid(String text) {
    return UUID_FORM.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  /**
   * A member of the query that is {@code true} or {@code false}, or absent, which is the latter.
   *
   * @throws MalformedRequestException if it is something else
   */
  protected static boolean flag(URI request, String name) {
    QueryParameters query = QueryParameters.of(request);
    boolean flag = query.flag(name);
    query.check();
    return flag;
  }

  /**
   * The parameters of a query, by name, strictly decoded.
   *
   * @throws MalformedRequestException if it is not percent-encoded UTF-8
   */
  protected static Map<String, List<String>> query(URI request) {
    QueryParameters query = QueryParameters.of(request);
    query.check();
    return query.all();
  }

  /** Returns the parameters of a query as {@link #query} does, but none if it is malformed. */
  protected static Map<String, List<String>> queryOrNone(URI request) {
    QueryParameters query = QueryParameters.of(request);
    return query.isWrong() ? Map.of() : query.all();
  }

  /** What a body asks for that {@link RequestSchemas.NewPersonalToken} describes. */
  protected static MintRequest newPersonalToken(JsonBody body) {
    return RequestSchemas.newPersonalToken(body);
  }

  /** The answer that hands a new personal token out. */
  protected final Response minted(UriInfo uri, MintedToken minted) {
    // A text, not a URI: what is built from a URI is made absolute, with the Host header's name.
    String location =
        uri.getBaseUri().getRawPath() + "access-tokens/personal/" + minted.token().id();
    return Response.status(Response.Status.CREATED)
        .header(HttpHeaders.LOCATION, location)
        .entity(PersonalTokenResponses.Minted.of(minted, authority().now()))
        .build();
  }

  /**
   * Does the work of a request. What it throws is answered here, for the mappers of a host know
   * nothing of our exceptions.
   */
  protected final <T> T answer(Supplier<T> work) {
    Problems problems = mounted().problems();
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw problems.thrown(e, headers.getRequestHeaders(), security.getUserPrincipal());
    }
  }
}
