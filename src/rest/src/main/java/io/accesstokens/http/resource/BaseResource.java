package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.PersonalTokenResponses;
import io.accesstokens.http.response.ResponseMemory;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.token.Actor;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.revocation.ChangeFeedBroker;
import io.accesstokens.token.rotation.RotationRequest;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Base class of the resources. This class provides the services to the resources, and converts
 * exceptions to error responses.
 */
public abstract class BaseResource {

  /**
   * The services that the feature of {@code AccessTokensRoutes} provides for the resources.
   *
   * @param tokenService the service for service tokens
   * @param usageListener receives the outcomes of verifications
   * @param feedBroker the change feed for verifiers in other processes; null if there is none
   * @param problems creates error responses
   * @param memory limits the memory of large responses
   * @param publicPath the public path of the application's resources, as clients see it, with a
   *     slash at its end; null to use the base path of the request URI
   */
  public record ResourceServices(
      ServiceTokenService tokenService,
      VerificationListener usageListener,
      @Nullable ChangeFeedBroker feedBroker,
      Problems problems,
      ResponseMemory memory,
      @Nullable String publicPath) {

    /** The name of the configuration property that holds the {@link ResourceServices} instance. */
    public static final String PROPERTY = "io.accesstokens.http.mounted";
  }

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  Configuration configuration;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  protected HttpHeaders headers;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  protected SecurityContext security;

  private ResourceServices services() {
    if (configuration.getProperty(ResourceServices.PROPERTY) instanceof ResourceServices services) {
      return services;
    }
    throw new IllegalStateException(
        "AccessTokensRoutes.feature is not registered: register it together with the routes");
  }

  final ServiceTokenService tokenService() {
    return services().tokenService();
  }

  final ResponseMemory memory() {
    return services().memory();
  }

  final VerificationListener usageListener() {
    return services().usageListener();
  }

  /**
   * Returns the service for personal tokens.
   *
   * @throws NotFoundException if personal tokens are disabled
   */
  final PersonalTokenService personal() {
    return tokenService().personal().orElseThrow(NotFoundException::new);
  }

  final Optional<ChangeFeedBroker> feedBroker() {
    return Optional.ofNullable(services().feedBroker());
  }

  /**
   * Parses the id of a token in a path.
   *
   * <p>{@link UUID#fromString} also accepts shorter forms. This method rejects shorter forms, so
   * that each resource has only one address.
   *
   * @throws TokenNotFoundException if the text is not a valid id
   */
  static UUID tokenId(String text) {
    return uuid(text).orElseThrow(TokenNotFoundException::new);
  }

  /** Parses a UUID in the full form of 36 characters; empty for any other text. */
  protected static Optional<UUID> uuid(String text) {
    return QueryParameters.uuid(text);
  }

  /**
   * Returns the value of a boolean query parameter; false if the parameter is absent.
   *
   * @throws MalformedRequestException if the value is not {@code true} or {@code false}, or if the
   *     query is malformed
   */
  protected static boolean flag(URI request, String name) {
    QueryParameters query = QueryParameters.of(request);
    boolean flag = query.flag(name);
    query.check();
    return flag;
  }

  /**
   * Returns the values of the parameters of a query, by parameter name.
   *
   * @throws MalformedRequestException if the query is not percent-encoded UTF-8, or has too many
   *     parameters
   */
  protected static Map<String, List<String>> query(URI request) {
    QueryParameters query = QueryParameters.of(request);
    query.check();
    return query.all();
  }

  /**
   * Returns the values of the parameters of a query, by parameter name; an empty map if the query
   * is malformed.
   */
  protected static Map<String, List<String>> queryOrNone(URI request) {
    QueryParameters query = QueryParameters.of(request);
    return query.hasErrors() ? Map.of() : query.all();
  }

  /** Returns the 201 response that contains a new personal token and its raw token. */
  protected final Response createdPersonalToken(UriInfo uri, CreatedPersonalToken created) {
    return created(
        uri,
        "personal/" + created.token().id(),
        PersonalTokenResponses.Created.of(created, tokenService().now()));
  }

  /**
   * Returns the 201 response that contains a new token.
   *
   * @param path the path of the token below {@code access-tokens}
   */
  final Response created(UriInfo uri, String path, ResponseBody token) {
    String root = services().publicPath();
    // The runtime converts a URI to an absolute URI, which contains the value of the Host header. A
    // string stays unchanged.
    return Response.status(Response.Status.CREATED)
        .header(
            HttpHeaders.LOCATION,
            (root == null ? uri.getBaseUri().getRawPath() : root) + "access-tokens/" + path)
        .entity(token)
        .build();
  }

  /** Reads a page of the audit log of a token. */
  @FunctionalInterface
  interface AuditReader {
    Page<AuditEvent> read(Actor actor, UUID token, long offset, int limit);
  }

  /**
   * Returns one page of the audit log of a token. The query parameters {@code limit} and {@code
   * offset} select the page.
   */
  final ServiceTokenResponses.EventList events(UriInfo uri, String id, AuditReader reader) {
    UUID token = tokenId(id);
    QueryParameters query = QueryParameters.of(uri.getRequestUri());
    int limit = query.limit();
    int offset = query.offset();
    query.check();
    return ServiceTokenResponses.EventList.of(
        reader.read(Callers.actor(security), token, offset, limit), limit, offset);
  }

  /** Revokes a token. The reason is null if the request contains no reason. */
  @FunctionalInterface
  interface Revoker {
    void revoke(Actor actor, UUID token, @Nullable String reason);
  }

  /**
   * Revokes the token with the given id, and returns the id as a UUID. The reason comes from the
   * body.
   */
  final UUID revokeToken(String id, Supplier<JsonBody> body, Revoker revoker) {
    UUID token = tokenId(id);
    String reason = RequestSchemas.reason(body.get());
    revoker.revoke(Callers.actor(security), token, reason);
    return token;
  }

  /**
   * Ends the previous secret of a token. The reason and the expected prefix are null if the request
   * does not contain them.
   */
  @FunctionalInterface
  interface SecretEnder {
    void end(
        Actor actor, UUID token, @Nullable String reason, @Nullable String expectedTokenPrefix);
  }

  /** Ends the previous secret of the token with the given id. The body is optional. */
  final UUID endPreviousSecret(String id, @Nullable InputStream body, SecretEnder ender) {
    UUID token = tokenId(id);
    JsonBody json = JsonBody.readOptional(headers, body);
    String expected = json.string(RequestSchemas.EXPECTED_PREFIX);
    String reason = RequestSchemas.reason(json);
    ender.end(Callers.actor(security), token, reason, expected);
    return token;
  }

  /** Reads a request that rotates a token. The body is optional. */
  final RotationRequest rotation(@Nullable InputStream body) {
    return RequestSchemas.rotation(
        JsonBody.readOptional(headers, body),
        headers.getRequestHeader(RotationRequest.IDEMPOTENCY_KEY));
  }

  /**
   * Runs the work of a request and converts exceptions to error responses.
   *
   * <p>This method converts the exceptions because the exception mappers of a host application do
   * not know the exceptions of this API.
   */
  protected final <T> T respond(Supplier<T> work) {
    Problems problems = services().problems();
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw problems.toException(e, headers.getRequestHeaders(), security.getUserPrincipal());
    }
  }
}
