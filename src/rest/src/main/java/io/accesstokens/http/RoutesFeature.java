package io.accesstokens.http;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerChallenge;
import io.accesstokens.auth.DenialListener;
import io.accesstokens.auth.UndeclaredAccess;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.oauth.SignedTokens;
import io.accesstokens.token.ChangeFeedBroker;
import io.accesstokens.token.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the routes need beside themselves: whom they ask, who calls, who may, and how
 * answers and errors look. Register it once, as an instance.
 *
 * <p>In a host's application it touches nothing but the paths of {@link AccessTokensRoutes}: the
 * host's filters, mappers and writers go on to serve the host's routes, and errors on our paths
 * look as ours whatever mappers the host has.
 */
public final class RoutesFeature implements Feature {

  private final ServiceTokenService authority;
  private TokenVerifier check;
  private @Nullable VerificationListener verifications;
  private @Nullable DenialListener denials;
  private UnknownTokenLimit unknownTokens = UnknownTokenLimit.NONE;
  private Function<Principal, Optional<EntityRef>> people =
      principal -> EntityRef.parseUser(principal.getName());
  private Function<MultivaluedMap<String, String>, List<String>> challenges =
      headers -> List.of(BearerChallenge.PLAIN);
  private @Nullable URI issuer;
  private SignedTokens signedTokens = SignedTokens.NONE;
  private @Nullable ChangeFeedBroker feed;
  private ApiPaths own = ApiPaths.ROUTES;
  private boolean otherBearers;

  RoutesFeature(ServiceTokenService authority) {
    this.authority = authority;
    this.check = authority.check();
  }

  /**
   * Decides about raw tokens instead of {@link ServiceTokenService#check()}. It must find every
   * token of the authority, personal ones included: a token that it does not know cannot be revoked
   * by its bearer.
   */
  public RoutesFeature check(TokenVerifier tokenCheck) {
    check = tokenCheck;
    return this;
  }

  /**
   * Is told of each raw token that was presented; a {@link io.accesstokens.token.UsageRecorder},
   * for instance.
   */
  public RoutesFeature verifications(VerificationListener listener) {
    verifications = listener;
    return this;
  }

  /** Limits how many unknown raw tokens a client may try. By default nothing does. */
  public RoutesFeature unknownTokens(UnknownTokenLimit limit) {
    unknownTokens = limit;
    return this;
  }

  /** Is told of each 403. By default {@link DenialListener#logging}. */
  public RoutesFeature denials(DenialListener listener) {
    denials = listener;
    return this;
  }

  /**
   * Which user the host's principal is. By default its name is read as a ref: {@code alice} is
   * {@code user:default/alice}. A principal that is an {@link io.accesstokens.token.Actor.Person}
   * already is taken as it is.
   *
   * @param identity empty for a principal that is no person: the request then has no caller, which
   *     is 401
   */
  public RoutesFeature people(Function<Principal, Optional<EntityRef>> identity) {
    people = identity;
    return this;
  }

  /**
   * How a caller can authenticate: the values of {@code WWW-Authenticate} of each 401 (RFC 9110,
   * section 11.6.1), from the request's headers. By default a bearer's alone.
   */
  public RoutesFeature challenges(Function<MultivaluedMap<String, String>, List<String>> offered) {
    challenges = offered;
    return this;
  }

  /**
   * The {@code iss} of introspected tokens (RFC 7662): where this service is reached from outside.
   * By default there is none.
   *
   * @param url absolute; null leaves it out
   */
  public RoutesFeature issuer(@Nullable URI url) {
    issuer = url;
    return this;
  }

  /** Decides about tokens that were signed here, for introspection. By default there are none. */
  public RoutesFeature signedTokens(SignedTokens tokens) {
    signedTokens = tokens;
    return this;
  }

  /**
   * What verifiers in other processes read of changes, so that they can keep verdicts: the one that
   * the {@link io.accesstokens.token.RevocationBarrier} of revocations knows of. By default there
   * is none, and they introspect each time.
   */
  public RoutesFeature feed(@Nullable ChangeFeedBroker shared) {
    feed = shared;
    return this;
  }

  /**
   * The application has no routes but ours, and those that go with them: raw tokens are accepted
   * and access is guarded on all of its paths, and every error has our form. People then are
   * authenticated by a filter that makes an {@link io.accesstokens.token.Actor.Person} the
   * request's principal, and its permissions roles.
   */
  public RoutesFeature alone() {
    own = ApiPaths.ALL;
    return this;
  }

  /**
   * Lets bearer credentials pass that do not begin like a raw token, for a filter of the
   * application that knows them, and refuses those that are not good. Within a host's application
   * they always pass.
   */
  public RoutesFeature passOtherBearers() {
    otherBearers = true;
    return this;
  }

  @Override
  public boolean configure(FeatureContext context) {
    Problems problems = new Problems(challenges);
    context.property(
        BaseResource.Mounted.PROPERTY, new BaseResource.Mounted(authority, feed, problems));
    context.register(new NegotiationFilter(own));
    context.register(new ResponseHeadersFilter(own, problems));
    context.register(new ApiResponseWriter());
    context.register(new AuditLogExport.Writer());
    context.register(new AuditLogExport.Cut());
    access().configure(context);
    DelegateFilter delegates = new DelegateFilter(authority, problems);
    VerificationListener uses = verifications == null ? VerificationListener.NOBODY : verifications;
    new AuthorizationServer(
            authority,
            check,
            uses,
            new VerificationHandler(uses, unknownTokens),
            signedTokens,
            issuer,
            (thrown, headers) -> problems.thrown(thrown, headers, null))
        .mount(context);
    if (own == ApiPaths.ALL) {
      context.register(delegates);
      context.register(new ProblemMapper.OfAll(problems));
    } else {
      context.register(new ProblemMapper.OfMissingPermission(problems));
      context.register(new DelegateFilter.OnOurRoutes(delegates));
      context.register(
          new HostAuthenticationFilter.OnOurRoutes(
              new HostAuthenticationFilter(authority, people, problems)));
    }
    return true;
  }

  private AccessTokensFeature access() {
    AccessTokensFeature.Builder access =
        AccessTokensFeature.builder(check)
            .format(authority.rawTokenFormat())
            .undeclared(UndeclaredAccess.STOPS_START)
            .unknownTokens(unknownTokens)
            .withoutBodies();
    if (verifications != null) {
      access.listener(verifications);
    }
    if (denials != null) {
      access.denialListener(denials);
    }
    if (otherBearers || own != ApiPaths.ALL) {
      access.passOtherBearers();
    }
    return own == ApiPaths.ALL
        ? access.build()
        : access.onlyOn(AccessTokensRoutes.classes()).build();
  }
}
