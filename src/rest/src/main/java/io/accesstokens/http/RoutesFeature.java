package io.accesstokens.http;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.MissingPermissionListener;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.http.protocol.EndpointErrors;
import io.accesstokens.http.protocol.ProtocolEndpoints;
import io.accesstokens.http.resource.AuditLogExport;
import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.http.resource.ChangesResource;
import io.accesstokens.http.response.ApiResponseWriter;
import io.accesstokens.http.response.ResponseMemory;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.oauth.IntrospectionEndpoint;
import io.accesstokens.oauth.SignedTokenVerifier;
import io.accesstokens.token.revocation.ChangeFeedBroker;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers the services, filters and writers that the resources need. An application must register
 * the feature once, as an instance.
 *
 * <p>In a host application, the feature affects only the paths of {@link AccessTokensRoutes}. The
 * host application's own resources keep their filters, mappers and writers. Errors on the paths of
 * this API have the form of this API, even if the host application has exception mappers for these
 * errors.
 */
public final class RoutesFeature implements Feature {

  private final ServiceTokenService tokenService;
  private TokenVerifier verifier;
  private VerificationListener verifications = VerificationListener.NO_OP;
  private @Nullable VerificationListener introspections;
  private @Nullable MissingPermissionListener missingPermissions;
  private UnknownTokenLimit unknownTokens = UnknownTokenLimit.NONE;
  private @Nullable Function<Principal, Optional<EntityRef>> userMapper;
  private Function<MultivaluedMap<String, String>, List<String>> challenges =
      headers -> List.of(BearerChallenge.PLAIN);
  private @Nullable URI issuer;
  private @Nullable String publicPath;
  private SignedTokenVerifier signedTokenVerifier = SignedTokenVerifier.NONE;
  private @Nullable ChangeFeedBroker feedBroker;
  private ApiPaths paths = ApiPaths.ROUTES;
  private boolean otherBearers;
  private @Nullable AccessTokensFeature access;
  private ResponseMemory responseMemory = ResponseMemory.ofHeap();

  RoutesFeature(ServiceTokenService tokenService) {
    this.tokenService = tokenService;
    this.verifier = tokenService.verifier();
  }

  /**
   * Sets the verifier for raw tokens. The default is {@link ServiceTokenService#verifier()}.
   *
   * <p>The verifier must find every token of the service, including personal tokens. Otherwise the
   * revocation endpoint cannot revoke all tokens.
   */
  public RoutesFeature verifier(TokenVerifier tokenVerifier) {
    verifier = tokenVerifier;
    return this;
  }

  /**
   * Sets the listener that receives the verdict on each raw token, for example a {@link
   * io.accesstokens.token.usage.UsageRecorder}.
   */
  public RoutesFeature verifications(VerificationListener listener) {
    verifications = listener;
    return this;
  }

  /**
   * Sets the listener that receives the verdict on each introspected token, and on each unknown
   * token that a client tries to revoke. The default is the listener that {@link #verifications}
   * sets.
   */
  public RoutesFeature introspections(VerificationListener listener) {
    introspections = listener;
    return this;
  }

  /**
   * Sets the limit on the number of unknown raw tokens that a client can send. By default there is
   * no limit.
   */
  public RoutesFeature unknownTokens(UnknownTokenLimit limit) {
    unknownTokens = limit;
    return this;
  }

  /**
   * Sets the listener that is called for each request whose caller lacks a required scope or role.
   * The default is {@link MissingPermissionListener#logging}.
   */
  public RoutesFeature missingPermissionListener(MissingPermissionListener listener) {
    missingPermissions = listener;
    return this;
  }

  /**
   * Sets the function that converts a principal of the host application to a user. A principal that
   * is already an {@link io.accesstokens.token.Actor.Person} is used unchanged.
   *
   * <p>By default, the name of the principal is the name of a user in the namespace {@code
   * default}. The name {@code alice} means {@code user:default/alice}. The response is 401 if the
   * name is empty, too long, or contains a colon, a slash, a space or another character that {@link
   * EntityRef} rejects. Names that differ only in case are the same user, because refs are
   * case-insensitive. If the names are user refs, the function can be {@code principal ->
   * EntityRef.parseUser(principal.getName())}.
   *
   * <p>Not allowed together with {@link #alone()}.
   *
   * @param identity the function, which returns empty for a principal that is not a user. The
   *     response is then 401
   */
  public RoutesFeature userMapper(Function<Principal, Optional<EntityRef>> identity) {
    userMapper = identity;
    return this;
  }

  /**
   * Sets the challenges in the {@code WWW-Authenticate} header of each 401 response (RFC 9110,
   * section 11.6.1). By default, a 401 response contains only a bearer challenge. OAuth endpoints
   * also add the challenges of OAuth clients, and {@code verify} keeps only bearer challenges.
   *
   * @param offered the function that receives the headers of the request and returns the challenges
   */
  public RoutesFeature challenges(Function<MultivaluedMap<String, String>, List<String>> offered) {
    challenges = offered;
    return this;
  }

  /**
   * Sets the public URL of this service, which introspection responses (RFC 7662) contain as {@code
   * iss}. By default, the responses contain no {@code iss}.
   *
   * @param url an absolute URL; null to omit {@code iss}
   */
  public RoutesFeature issuer(@Nullable URI url) {
    issuer = url;
    return this;
  }

  /**
   * Sets the public path of the application's resources, as clients see it. {@code Location} begins
   * with this path. By default, {@code Location} begins with the base path of the request URI,
   * which is wrong behind a proxy that changes the path.
   *
   * @param path an absolute path with a slash at its end, such as {@code /tokens/api/}; null for
   *     the default
   */
  public RoutesFeature publicPath(@Nullable String path) {
    publicPath = path;
    return this;
  }

  /**
   * Sets the verifier for tokens that this service has signed. By default, no signed token is
   * accepted.
   */
  public RoutesFeature signedTokens(SignedTokenVerifier verifier) {
    signedTokenVerifier = verifier;
    return this;
  }

  /** Sets the limit on the memory that large responses use. */
  RoutesFeature responseMemory(ResponseMemory memory) {
    responseMemory = memory;
    return this;
  }

  /**
   * Sets the change feed. With a change feed, verifiers in other processes can cache verdicts. By
   * default, there is no change feed, and a verifier in another process introspects a token at each
   * use.
   *
   * <p>The {@link io.accesstokens.token.revocation.RevocationBarrier} of the service must use the
   * same change feed.
   *
   * @param broker the change feed; null if there is none
   */
  public RoutesFeature feed(@Nullable ChangeFeedBroker broker) {
    feedBroker = broker;
    return this;
  }

  /**
   * Declares that the application contains only this API, and no other resources.
   *
   * <p>The rules of this API for authentication, access and errors then apply to all paths. The
   * application must register a filter that authenticates users. The filter must set an {@link
   * io.accesstokens.token.Actor.Person} as the principal, and the user's permissions as roles. If
   * browsers send the user's credential automatically, as they do with a cookie, the filter must
   * also reject unsafe requests of other sites. {@link #userMapper} is not allowed.
   */
  public RoutesFeature alone() {
    paths = ApiPaths.ALL;
    return this;
  }

  /**
   * Makes the filter for raw tokens ignore every bearer credential that does not begin with a
   * prefix of raw tokens. Another filter of the application must accept or reject these
   * credentials.
   *
   * <p>Without {@link #alone()}, the filter for raw tokens always ignores these credentials, and
   * this method has no effect.
   */
  public RoutesFeature passOtherBearers() {
    otherBearers = true;
    return this;
  }

  /**
   * Registers the filters, writers and services of this API.
   *
   * @throws IllegalStateException if both {@link #alone()} and {@link #userMapper} were called
   */
  @Override
  public boolean configure(FeatureContext context) {
    if (paths == ApiPaths.ALL && userMapper != null) {
      throw new IllegalStateException(
          "userMapper has no effect with alone(): remove one of them. With alone(), a filter of the"
              + " application sets an Actor.Person as the principal");
    }
    Problems problems = new Problems(challenges);
    context.property(
        BaseResource.ResourceServices.PROPERTY,
        new BaseResource.ResourceServices(
            tokenService, verifications, feedBroker, problems, responseMemory, publicPath));
    context.register(new NegotiationFilter(paths));
    context.register(new ResponseHeadersFilter(paths, new EndpointErrors(problems)));
    context.register(new ApiResponseWriter(responseMemory));
    context.register(new AuditLogExport.Writer());
    context.register(new AuditLogExport.ExportInterceptor(responseMemory));
    AccessTokensFeature feature = sharedAccess();
    feature.configure(context);
    DelegateFilter delegates = new DelegateFilter(tokenService, problems);
    authorizationServer(problems).mount(context, feature);
    if (paths == ApiPaths.ALL) {
      context.register(delegates);
      context.register(new ProblemMapper(problems));
    } else {
      context.register(
          new OnOurRoutes(
              delegates,
              new HostAuthenticationFilter(
                  tokenService,
                  userMapper == null ? RoutesFeature::userNamed : userMapper,
                  problems)));
    }
    return true;
  }

  /**
   * Returns the user in the namespace {@code default} with the name of a principal; empty if the
   * name is not valid. The name is not parsed as a ref: {@code default/alice} must not become
   * {@code alice}.
   */
  private static Optional<EntityRef> userNamed(Principal principal) {
    String name = principal.getName();
    try {
      return name == null
          ? Optional.empty()
          : Optional.of(new EntityRef(EntityRef.USER, "default", name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private AuthorizationServer authorizationServer(Problems problems) {
    VerificationListener usageListener = introspections == null ? verifications : introspections;
    return new AuthorizationServer(
        tokenService,
        verifier,
        usageListener,
        new VerificationHandler(usageListener, unknownTokens),
        signedTokenVerifier,
        issuer,
        (thrown, headers) -> problems.toException(thrown, headers, null));
  }

  /**
   * Returns the endpoints that a servlet or a servlet filter can call before Jakarta REST. Call
   * {@link #alone()} and set all other options before you call this method.
   *
   * @throws IllegalStateException if {@link #alone()} was not called
   */
  public ProtocolEndpoints protocolEndpoints() {
    if (paths != ApiPaths.ALL) {
      throw new IllegalStateException("the filters of a host application do not run");
    }
    Problems problems = new Problems(challenges);
    AccessTokensFeature feature = sharedAccess();
    return new ProtocolEndpoints(
        tokenService,
        feature,
        verifications,
        authorizationServer(problems),
        feedBroker,
        feature.guard(IntrospectionEndpoint.class),
        feature.guard(ChangesResource.class),
        new EndpointErrors(problems));
  }

  /**
   * Returns the shared instance of the feature that verifies raw tokens. The filters and the
   * protocol endpoints use this instance. Therefore the limits of a token apply to all its requests
   * together.
   */
  private synchronized AccessTokensFeature sharedAccess() {
    AccessTokensFeature created = access;
    if (created == null) {
      created = newAccess();
      access = created;
    }
    return created;
  }

  private AccessTokensFeature newAccess() {
    AccessTokensFeature.Builder builder =
        AccessTokensFeature.builder(verifier)
            .format(tokenService.rawTokenFormat())
            .undeclared(UndeclaredAccess.STOPS_START)
            .unknownTokens(unknownTokens)
            .listener(verifications)
            .withoutBodies();
    if (missingPermissions != null) {
      builder.missingPermissionListener(missingPermissions);
    }
    if (otherBearers || paths != ApiPaths.ALL) {
      builder.passOtherBearers();
    }
    if (paths == ApiPaths.ALL) {
      return builder.build();
    }
    Problems problems = new Problems(challenges);
    return builder
        .errors(
            (thrown, request) -> {
              SecurityContext security = request.getSecurityContext();
              return problems.toException(
                  thrown,
                  request.getHeaders(),
                  security == null ? null : security.getUserPrincipal());
            })
        .onlyOn(AccessTokensRoutes.classes())
        .build();
  }

  /**
   * Registers the filters only for the resources of this API. In requests to the host application's
   * own resources, the personal token remains the principal.
   */
  record OnOurRoutes(DelegateFilter delegates, HostAuthenticationFilter callers)
      implements DynamicFeature {
    @Override
    public void configure(ResourceInfo resource, FeatureContext method) {
      if (AccessTokensRoutes.classes().contains(resource.getResourceClass())) {
        method
            .register(delegates, DelegateFilter.PRIORITY)
            .register(callers, HostAuthenticationFilter.PRIORITY);
      }
    }
  }
}
