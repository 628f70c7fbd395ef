package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.EnforcementPolicy;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a Jakarta REST application accept raw tokens. The feature provides:
 *
 * <ul>
 *   <li>{@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1), and 401 for a token that
 *       is not valid;
 *   <li>a {@link TokenPrincipal} as the principal of the request. The scopes of the token are the
 *       roles of the caller, for example for {@code SecurityContext.isUserInRole("catalog:read")};
 *   <li>{@link RequiresScope}, with {@linkplain EnforcementMode modes}, and {@code @RolesAllowed},
 *       {@code @PermitAll} and {@code @DenyAll}, on resource methods and classes.
 * </ul>
 *
 * <p>{@code @RolesAllowed("**")} admits any authenticated caller, as in Jakarta Servlet. Roles are
 * always enforced; modes apply to scopes only.
 *
 * <p>An application can register one feature without {@link Builder#onlyOn}, and any number of
 * features with {@code onlyOn}. If {@code onlyOn} of a feature names a class, only this feature
 * guards the class. This feature also guards each sub-resource of the class, unless another feature
 * names the class of the sub-resource. If two features name the same class, the application does
 * not start. The features of one application count the requests of a token together.
 *
 * <p>A runtime ignores the second instance of this class. To use several instances, register one
 * {@code Feature} that calls {@link #configure} of each instance. An ignored instance has these
 * effects:
 *
 * <ul>
 *   <li>If {@code onlyOn} of the ignored instance names a class with resource methods, the
 *       application does not start. If the feature for all classes guards the class, a warning is
 *       logged instead.
 *   <li>If no feature guards a class with {@link RequiresScope}, the application does not start.
 *   <li>If the ignored instance has no {@code onlyOn}, its classes without {@link RequiresScope}
 *       are open to all callers, and nothing reports this.
 * </ul>
 *
 * <p>The runtime finds a sub-resource class only at a request. An error that concerns this class
 * therefore does not prevent the start. Instead, each request to the class gets status 500.
 *
 * <p>The supported runtimes are Jersey 3.1 and RESTEasy 6, which is {@code quarkus-resteasy} in
 * Quarkus. Quarkus REST ({@code quarkus-rest}) ignores dynamic features that a feature registers.
 * On Quarkus REST, the constructor of this class throws {@code IllegalStateException}. If any other
 * runtime ignores dynamic features, each request to a guarded method gets status 500. {@link
 * #requireGuarded} detects this error at start.
 *
 * <p>With {@link UndeclaredAccess#STOPS_START}, an application on Jersey must set {@code
 * jersey.config.server.wadl.disableWadl}, because Jersey's own WADL resource declares no access.
 */
public final class AccessTokensFeature implements Feature {

  /**
   * The name of the request property that holds the client's network address as a {@link String}.
   * In a servlet container, a request attribute of this name has the same effect. Without this
   * property, a token that is limited to addresses is refused.
   */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  /**
   * The value of {@code SecurityContext.getAuthenticationScheme()} for a request with a raw token.
   */
  public static final String SCHEME = "BEARER";

  final VerificationHandler handler;
  final RawTokenAuthenticationFilter authentication;
  final AccessRules rules;
  final ErrorResponses refusals;
  final RegisteredFeatures.@Nullable NamedClasses only;

  /**
   * Creates a feature with all defaults of {@link Builder}.
   *
   * @param verifier verifies well-formed raw tokens
   */
  public AccessTokensFeature(TokenVerifier verifier) {
    this(builder(verifier));
  }

  private AccessTokensFeature(Builder builder) {
    SupportedRuntime.require();
    this.refusals = new ErrorResponses(builder.bodies, builder.errors);
    this.handler = new VerificationHandler(builder.listener, builder.unknownTokens, refusals);
    this.authentication =
        new RawTokenAuthenticationFilter(
            builder.format, builder.otherBearers, builder.verifier, handler, refusals);
    this.rules =
        new AccessRules(
            builder.undeclared, builder.modes, builder.missingPermissionListener, refusals);
    this.only = builder.only == null ? null : new RegisteredFeatures.NamedClasses(builder.only);
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param verifier verifies well-formed raw tokens: a verifier that reads a store in this process,
   *     or a {@link RemoteTokenVerifier}
   */
  public static Builder builder(TokenVerifier verifier) {
    return new Builder(verifier);
  }

  /** Returns the client's network address, or null if it is not known. */
  public static @Nullable String clientAddress(ContainerRequestContext request) {
    return request.getProperty(CLIENT_ADDRESS) instanceof String address ? address : null;
  }

  /** Returns the client that sent a request: its network address and its product. */
  public static ClientInfo client(ContainerRequestContext request) {
    return new ClientInfo(
        clientAddress(request), request.getHeaders().getFirst(HttpHeaders.USER_AGENT));
  }

  /**
   * Authenticates a client by a raw token that is not in the {@code Authorization} header of a
   * Jakarta REST request. The effects are those of a bearer token: the limits of the token and of
   * the client apply, and the use is reported. This method is for filters of the application, and
   * for servlets that respond without Jakarta REST. For example, a filter can authenticate an OAuth
   * client by its client secret (RFC 6749, section 2.3.1).
   *
   * @param text the text that must be a raw token
   * @throws jakarta.ws.rs.NotAuthorizedException if the text is not a valid token
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if a limit is exceeded
   * @throws jakarta.ws.rs.ServiceUnavailableException if the token cannot be verified now
   */
  public TokenPrincipal authenticate(ClientInfo client, String text) {
    return authentication.authenticate(client, text);
  }

  /**
   * Returns the guard of a class with exactly one resource method, for a servlet that responds
   * without Jakarta REST. The guard throws {@code NotAuthorizedException} if there is no
   * authenticated caller. If the caller has none of the roles that the method declares, the guard
   * calls the listener for missing permissions and throws {@link MissingPermissionException}.
   *
   * @throws IllegalStateException if the class does not have exactly one resource method, or if the
   *     method declares no roles
   */
  public Consumer<SecurityContext> guard(Class<?> resource) {
    return rules.guard(resource);
  }

  /**
   * Adds this feature to an application.
   *
   * @throws IllegalStateException if this is the second feature without {@link Builder#onlyOn}
   */
  @Override
  public boolean configure(FeatureContext context) {
    RegisteredFeatures.findOrRegister(context).add(this);
    return true;
  }

  /** Returns true if {@link Builder#onlyOn} names this resource class. */
  boolean names(Class<?> resource) {
    return only != null && only.contain(resource);
  }

  /**
   * Verifies at start that the runtime has applied the access rules of resource classes. Call this
   * method after the deployment of the application. Without this call, the first request to a
   * method without a rule reports the error, with status 500.
   *
   * @param resources root resource classes that this feature guards
   * @throws IllegalStateException if a method has no rule; the message lists all methods without a
   *     rule
   */
  public void requireGuarded(Class<?>... resources) {
    List<String> unguardedMethods =
        Arrays.stream(resources)
            .flatMap(resource -> rules.unguarded(resource).stream())
            .map(Method::toString)
            .toList();
    if (!unguardedMethods.isEmpty()) {
      throw new IllegalStateException(
          "the Jakarta REST runtime has applied no access rule to "
              + String.join(", ", unguardedMethods));
    }
  }

  /** Builds a feature with the options of an application. */
  public static final class Builder {

    private final TokenVerifier verifier;
    private RawTokenFormat format = RawTokenFormat.DEFAULT;
    private boolean otherBearers;
    private VerificationListener listener = VerificationListener.NO_OP;
    private UnknownTokenLimit unknownTokens = UnknownTokenLimit.NONE;
    private MissingPermissionListener missingPermissionListener =
        MissingPermissionListener.logging();
    private UndeclaredAccess undeclared = UndeclaredAccess.DENIED;
    private EnforcementPolicy modes = route -> route.modeOr(EnforcementMode.ENFORCE);
    private boolean bodies = true;
    private BiFunction<WebApplicationException, ContainerRequestContext, WebApplicationException>
        errors = (thrown, request) -> thrown;
    private @Nullable Set<Class<?>> only;

    private Builder(TokenVerifier verifier) {
      this.verifier = Objects.requireNonNull(verifier, "verifier");
    }

    /** Sets the form of the raw tokens. The default is {@link RawTokenFormat#DEFAULT}. */
    public Builder format(RawTokenFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * Passes bearer credentials that do not begin with a prefix of raw tokens to another filter of
     * the application, for example a filter for JWTs. By default, these credentials get 401. If the
     * other filter sets no principal, a guarded method still responds with 401.
     */
    public Builder passOtherBearers() {
      this.otherBearers = true;
      return this;
    }

    /**
     * Sets the listener for each use of a raw token. The listener is not called if the response is
     * 429 because of an unknown token. There is no listener by default.
     */
    public Builder listener(VerificationListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets the limit on the number of unknown raw tokens that a client may try. Above the limit,
     * the response is 429 with {@code Retry-After}. The limit receives the client's network
     * address, see {@link #CLIENT_ADDRESS}. There is no limit by default.
     */
    public Builder unknownTokens(UnknownTokenLimit limit) {
      this.unknownTokens = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Sets the listener for callers that lack a scope or role. The default is {@link
     * MissingPermissionListener#logging}.
     */
    public Builder missingPermissionListener(MissingPermissionListener listener) {
      this.missingPermissionListener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets the mode of all resource methods that declare no mode. The default is {@link
     * EnforcementMode#ENFORCE}.
     */
    public Builder mode(EnforcementMode mode) {
      Objects.requireNonNull(mode, "mode");
      return modes(route -> route.modeOr(mode));
    }

    /**
     * Sets a policy that chooses the mode of each resource method. The policy overrides declared
     * modes.
     */
    public Builder modes(EnforcementPolicy policy) {
      this.modes = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets the access to resource methods without a declaration of access. The default is {@link
     * UndeclaredAccess#DENIED}.
     */
    public Builder undeclared(UndeclaredAccess undeclared) {
      this.undeclared = Objects.requireNonNull(undeclared, "undeclared");
      return this;
    }

    /**
     * Omits the bodies of error responses. An exception mapper of the application then writes the
     * bodies. The mapper receives one of these exceptions, which contains a response with the right
     * status and headers:
     *
     * <ul>
     *   <li>{@code NotAuthorizedException}
     *   <li>{@code ClientErrorException} (429)
     *   <li>{@link MissingPermissionException}
     *   <li>{@code ServiceUnavailableException}
     * </ul>
     *
     * <p>By default, the bodies are JSON: {@code {error}}, or {@code {error, required, missing}}
     * for a 403.
     */
    public Builder withoutBodies() {
      this.bodies = false;
      return this;
    }

    /**
     * Sets a function that replaces the exceptions of this feature's filters. By default, the
     * exceptions are not replaced.
     *
     * <p>Without {@link #withoutBodies}, an exception mapper cannot replace these exceptions,
     * because a runtime calls no mapper if the response in the exception has a body. RESTEasy calls
     * some mappers even then: those that are declared for exactly the class of the exception, and
     * for a {@code ClientErrorException} any mapper.
     */
    public Builder errors(
        BiFunction<WebApplicationException, ContainerRequestContext, WebApplicationException>
            replacement) {
      this.errors = Objects.requireNonNull(replacement, "replacement");
      return this;
    }

    /**
     * Accepts raw tokens and guards methods only on these resource classes and their sub-resources.
     * If another feature names the class of a sub-resource, the other feature guards the
     * sub-resource. By default, this feature guards all resources that no other feature guards.
     */
    public Builder onlyOn(Set<Class<?>> resourceClasses) {
      this.only = Set.copyOf(Objects.requireNonNull(resourceClasses, "resourceClasses"));
      return this;
    }

    public AccessTokensFeature build() {
      return new AccessTokensFeature(this);
    }
  }
}
