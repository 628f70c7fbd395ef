package io.accesstokens.auth;

import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a Jakarta REST application accept raw tokens: registered once, it gives
 *
 * <ul>
 *   <li>{@code Authorization: Bearer <raw token>} (RFC 6750, section 2.1), and 401 for one that is
 *       not good;
 *   <li>the principal, a {@link TokenPrincipal}, whose scopes are its roles: {@code
 *       SecurityContext.isUserInRole("catalog:read")};
 *   <li>{@link RequiresScope}, in {@linkplain Stage stages}, and {@code @RolesAllowed},
 *       {@code @PermitAll}, {@code @DenyAll}, on resource methods and classes.
 * </ul>
 *
 * <p>{@code @RolesAllowed("**")} admits any authenticated caller, as in Jakarta Servlet. Roles are
 * always enforced; stages are for scopes.
 *
 * <p>Supported runtimes are Jersey 3.1 and RESTEasy 6, which is {@code quarkus-resteasy} in
 * Quarkus. Quarkus REST ({@code quarkus-rest}) ignores dynamic features that a feature registers;
 * there, the constructor throws {@code IllegalStateException}. On any other runtime that ignores
 * them, each request to a guarded method is answered 500. {@link #requireGuarded} finds that out at
 * start-up.
 *
 * <p>Jersey's own WADL resource declares no access: under {@link UndeclaredAccess#STOPS_START} an
 * application on Jersey sets {@code jersey.config.server.wadl.disableWadl}.
 */
public final class AccessTokensFeature implements Feature {

  /**
   * The name of the request property that holds the client's network address as a {@link String}.
   * In a servlet container, a request attribute of this name is the same thing.
   */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  /** What {@code SecurityContext.getAuthenticationScheme()} says of a request with a raw token. */
  public static final String SCHEME = "BEARER";

  private final RawTokenAuthenticationFilter authentication;
  private final AccessRules rules;
  private final @Nullable Set<Class<?>> only;
  private final UndecidedAccessFilter undecided;

  /** With every default of {@link Builder}. */
  public AccessTokensFeature(TokenVerifier check) {
    this(builder(check));
  }

  private AccessTokensFeature(Builder builder) {
    SupportedRuntime.require();
    ErrorResponses refusals = new ErrorResponses(builder.bodies);
    this.authentication =
        new RawTokenAuthenticationFilter(
            builder.format,
            builder.otherBearers,
            builder.check,
            new VerificationHandler(builder.listener, builder.unknownTokens, refusals),
            refusals);
    this.rules =
        new AccessRules(builder.undeclared, builder.stages, builder.denialListener, refusals);
    this.only = builder.only;
    this.undecided = new UndecidedAccessFilter(only, refusals);
  }

  /**
   * Begins with the defaults.
   *
   * @param check decides about raw tokens that are well formed: on a store in this process, or a
   *     {@link RemoteTokenVerifier}
   */
  public static Builder builder(TokenVerifier check) {
    return new Builder(check);
  }

  /** The client's network address, if that is known. */
  public static @Nullable String clientAddress(ContainerRequestContext request) {
    return request.getProperty(CLIENT_ADDRESS) instanceof String address ? address : null;
  }

  @Override
  public boolean configure(FeatureContext context) {
    if (only == null) {
      context.register(authentication);
      context.register(rules);
    } else {
      context.register(new OnlyOn(only, authentication, rules));
    }
    context.register(undecided);
    return true;
  }

  /**
   * Checks at start-up that the runtime has applied the access rules of resource classes. Call it
   * once the application is deployed: requests to methods without rules are refused in any case,
   * and this reports them before the first request.
   *
   * @param resources root resource classes of the application
   * @throws IllegalStateException if a method has no rule; the message names each
   */
  public void requireGuarded(Class<?>... resources) {
    List<String> undecidedMethods =
        Arrays.stream(resources)
            .flatMap(resource -> rules.undecided(resource).stream())
            .map(Method::toString)
            .toList();
    if (!undecidedMethods.isEmpty()) {
      throw new IllegalStateException(
          "the Jakarta REST runtime has applied no access rule to "
              + String.join(", ", undecidedMethods));
    }
  }

  /** The choices of an application. */
  public static final class Builder {

    private final TokenVerifier check;
    private RawTokenFormat format = RawTokenFormat.DEFAULT;
    private boolean otherBearers;
    private VerificationListener listener = VerificationListener.NOBODY;
    private UnknownTokenLimit unknownTokens = UnknownTokenLimit.NONE;
    private DenialListener denialListener = DenialListener.logging();
    private UndeclaredAccess undeclared = UndeclaredAccess.DENIED;
    private StagePolicy stages = route -> route.stageOr(Stage.ENFORCE);
    private boolean bodies = true;
    private @Nullable Set<Class<?>> only;

    private Builder(TokenVerifier check) {
      this.check = check;
    }

    /** The form of the raw tokens. By default {@link RawTokenFormat#DEFAULT}. */
    public Builder format(RawTokenFormat format) {
      this.format = format;
      return this;
    }

    /**
     * Lets bearer credentials pass that do not begin like a raw token, for another filter of the
     * application that knows them, JWTs for instance. By default they are answered 401. Unless that
     * filter sets a principal, a guarded route still answers 401.
     */
    public Builder passOtherBearers() {
      this.otherBearers = true;
      return this;
    }

    /**
     * Is told of each use of a raw token, but not of outages, nor of what {@link #unknownTokens}
     * had answered 429. By default nobody is.
     */
    public Builder listener(VerificationListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Limits how many unknown raw tokens a client may try; beyond that, the answer is 429 with
     * {@code Retry-After}. By default there is no limit. It is asked with {@link #CLIENT_ADDRESS}.
     */
    public Builder unknownTokens(UnknownTokenLimit limit) {
      this.unknownTokens = limit;
      return this;
    }

    /** Is told of callers that lack something. By default {@link DenialListener#logging}. */
    public Builder denialListener(DenialListener listener) {
      this.denialListener = listener;
      return this;
    }

    /** The stage of all routes that declare none. By default {@link Stage#ENFORCE}. */
    public Builder stage(Stage stage) {
      return stages(route -> route.stageOr(stage));
    }

    /** Chooses the stage of each route, and has the last word over what it declares. */
    public Builder stages(StagePolicy policy) {
      this.stages = policy;
      return this;
    }

    /**
     * What becomes of methods without a declaration. By default {@link UndeclaredAccess#DENIED}.
     */
    public Builder undeclared(UndeclaredAccess undeclared) {
      this.undeclared = undeclared;
      return this;
    }

    /**
     * Leaves the bodies of refusals to the application's exception mapper, which gets a {@code
     * NotAuthorizedException}, {@code ClientErrorException} (429), {@link
     * MissingPermissionException} or {@code ServiceUnavailableException} whose response has the
     * right status and headers. By default they are JSON: {@code {error}}, and {@code {error,
     * required, missing}} of a 403.
     */
    public Builder withoutBodies() {
      this.bodies = false;
      return this;
    }

    /**
     * Accepts raw tokens, and guards methods, on these resource classes only. By default on all.
     */
    public Builder onlyOn(Set<Class<?>> resourceClasses) {
      this.only = Set.copyOf(resourceClasses);
      return this;
    }

    public AccessTokensFeature build() {
      return new AccessTokensFeature(this);
    }
  }

  /** Binds to the methods of some classes what else would be bound to all. */
  private record OnlyOn(
      Set<Class<?>> classes, RawTokenAuthenticationFilter authentication, AccessRules rules)
      implements DynamicFeature {

    @Override
    public void configure(ResourceInfo info, FeatureContext context) {
      // A runtime may report a proxy that extends the class.
      if (classes.stream().anyMatch(type -> type.isAssignableFrom(info.getResourceClass()))) {
        context.register(authentication, Priorities.AUTHENTICATION);
        rules.configure(info, context);
      }
    }
  }
}
