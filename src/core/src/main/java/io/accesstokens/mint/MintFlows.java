package io.accesstokens.mint;

import io.accesstokens.mint.MintFlow.Stage;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.Actor;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.PersonalCreationRequest;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.PersonalTokenService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of the flows that create personal tokens. Every method throws {@link
 * io.accesstokens.token.StoreUnavailableException} if the store cannot be reached.
 */
public final class MintFlows {

  /** Time within which a user must allow or deny a flow. */
  public static final Duration FLOW_LIFETIME = Duration.ofMinutes(10);

  /**
   * Lifetime of an authorization code. The token code, which {@link #redeem} returns, has the same
   * lifetime.
   */
  public static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

  private final MintFlowStore store;
  private final PersonalTokenService tokens;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * Creates the service for mint flows.
   *
   * @param tokens validates the request at the start of a flow, and creates the token at the end of
   *     the flow
   * @param random a cryptographically strong source
   */
  public MintFlows(
      MintFlowStore store,
      PersonalTokenService tokens,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.tokens = tokens;
    this.clock = () -> clock.instant().truncatedTo(ChronoUnit.MILLIS);
    this.random = random;
  }

  /**
   * A flow that has just started.
   *
   * @param flow the stored flow
   * @param state the {@code state} for the authorization request
   * @param verifier the code verifier; the authorization request contains its challenge
   */
  public record StartedFlow(MintFlow flow, OneTimeCode state, OneTimeCode verifier) {}

  /**
   * Starts a flow that creates a personal token. Only the caller's session can continue the flow.
   *
   * @param origin the origin of the web page that sent the request; null if the request reports
   *     none
   * @throws PermissionDeniedException if the caller may not create personal tokens
   * @throws FreshSignInRequiredException if the caller's sign-in is too old for the requested
   *     scopes
   * @throws TooManyChangesException if the user exceeds the limit on changes; this call counts as a
   *     change
   * @throws InvalidRequestException if a field is invalid
   * @throws NameTakenException if an unrevoked token of the user has the requested name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public StartedFlow start(
      SessionCaller caller, PersonalCreationRequest request, @Nullable WebOrigin origin) {
    UUID id = UUID.randomUUID();
    return start(caller.person(), id, request, origin, caller.stateOf(id), caller.verifierOf(id));
  }

  /**
   * Starts a flow for a user who has authenticated without a session. The user decides the flow in
   * any of their sessions. The decision binds the flow to that session, and replaces the state and
   * the code verifier.
   *
   * @param caller a user without a session
   * @param origin the origin of the web page that sent the request; null if the request reports
   *     none
   * @throws IllegalArgumentException if the caller has a session
   * @throws PermissionDeniedException if the caller may not create personal tokens
   * @throws TooManyChangesException if the user exceeds the limit on changes; this call counts as a
   *     change
   * @throws InvalidRequestException if a field is invalid
   * @throws NameTakenException if an unrevoked token of the user has the requested name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public StartedFlow startWithoutSession(
      Actor.Person caller, PersonalCreationRequest request, @Nullable WebOrigin origin) {
    if (caller.sessionId() != null) {
      throw new IllegalArgumentException("the caller must not have a session");
    }
    return start(
        caller,
        UUID.randomUUID(),
        request,
        origin,
        OneTimeCode.random(random),
        OneTimeCode.random(random));
  }

  private StartedFlow start(
      Actor.Person caller,
      UUID id,
      PersonalCreationRequest request,
      @Nullable WebOrigin origin,
      OneTimeCode state,
      OneTimeCode verifier) {
    PersonalCreationPolicy.ValidatedRequest validated = tokens.propose(caller, request);
    Instant now = clock.instant();
    MintFlow flow =
        new MintFlow(
            id,
            caller.ref(),
            caller.sessionId(),
            validated,
            origin,
            state.digest(),
            verifier.challenge(),
            Stage.PENDING,
            null,
            now,
            now.plus(FLOW_LIFETIME));
    store.create(flow);
    return new StartedFlow(flow, state, verifier);
  }

  /**
   * Returns the undecided flow with this state. The caller needs no other proof, because the state
   * is a secret.
   *
   * @return the flow; empty if no undecided, unexpired flow has this state
   */
  public Optional<MintFlow> undecided(OneTimeCode state) {
    return store.findByState(state.digest()).filter(flow -> isValidAt(flow, Stage.PENDING));
  }

  /**
   * Returns the undecided flow with this id.
   *
   * @throws MintFlowNotFoundException if no undecided flow with this id belongs to the caller, or
   *     if another session started the flow
   */
  public MintFlow undecided(SessionCaller caller, UUID id) {
    return store
        .find(id)
        .filter(flow -> flow.canBeDecidedBy(caller) && isValidAt(flow, Stage.PENDING))
        .orElseThrow(MintFlowNotFoundException::new);
  }

  /**
   * The result of a user's decision on a flow.
   *
   * @param state the {@code state} of the flow
   * @param code the authorization code; empty if the user has denied the flow
   */
  public record DecidedFlow(OneTimeCode state, Optional<OneTimeCode> code) {}

  /**
   * Records the user's decision on a flow. Each flow can be decided once. Only the caller's session
   * can continue the flow.
   *
   * @param allow true to allow the flow, false to deny it
   * @throws MintFlowNotFoundException if the caller has no undecided flow with this id, or if
   *     another session started the flow
   * @throws FreshSignInRequiredException if the user allows the flow, and the caller's sign-in is
   *     too old for the scopes of the flow
   */
  public DecidedFlow decide(SessionCaller caller, UUID id, boolean allow) {
    MintFlow flow = undecided(caller, id);
    if (allow) {
      tokens.requireFreshSignIn(caller.person(), flow.request().scopes());
    }
    Optional<OneTimeCode> code = allow ? Optional.of(OneTimeCode.random(random)) : Optional.empty();
    // If the user has signed in again since the start of the flow, the session has another key.
    MintFlow next =
        flow.withSession(caller)
            .withStage(
                allow ? Stage.ALLOWED : Stage.DENIED,
                code.map(OneTimeCode::digest).orElse(null),
                clock.instant().plus(CODE_LIFETIME));
    if (!store.replace(flow, next)) {
      throw new MintFlowNotFoundException();
    }
    return new DecidedFlow(caller.stateOf(id), code);
  }

  /**
   * Exchanges an authorization code for a token code. {@link #createToken} exchanges the token code
   * for the token. The authorization code becomes invalid. This method derives the code verifier
   * from the session key.
   *
   * @return the token code, valid for {@link #CODE_LIFETIME}
   * @throws MintFlowNotFoundException if {@code code} and {@code state} do not belong to the same
   *     flow of the caller's session
   */
  public OneTimeCode redeem(SessionCaller caller, OneTimeCode state, OneTimeCode code) {
    MintFlow flow =
        allowed(caller.person(), code)
            .filter(found -> found.state().equals(state.digest()))
            .filter(found -> isProvedBy(found, caller.verifierOf(found.id())))
            .orElseThrow(MintFlowNotFoundException::new);
    OneTimeCode tokenCode = OneTimeCode.random(random);
    if (!store.replace(
        flow,
        flow.withStage(Stage.REDEEMED, tokenCode.digest(), clock.instant().plus(CODE_LIFETIME)))) {
      throw new MintFlowNotFoundException();
    }
    return tokenCode;
  }

  /**
   * Exchanges an authorization code for the token (RFC 6749, section 4.1.3). The code becomes
   * invalid, even if the creation of the token fails.
   *
   * @param verifier the code verifier (RFC 7636)
   * @throws MintFlowNotFoundException if {@code code} and {@code verifier} do not belong to the
   *     same flow of the caller's session
   * @throws PermissionDeniedException if the caller may no longer create personal tokens
   * @throws FreshSignInRequiredException if the caller's sign-in has become too old for the scopes
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if the requested expiry is now in the past, or a requested
   *     scope is no longer available
   * @throws NameTakenException if an unrevoked token of the user now has the requested name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public CreatedPersonalToken redeemForToken(
      Actor.Person caller, OneTimeCode code, OneTimeCode verifier) {
    return mint(
        caller,
        allowed(caller, code)
            .filter(found -> isProvedBy(found, verifier))
            .orElseThrow(MintFlowNotFoundException::new));
  }

  private Optional<MintFlow> allowed(Actor.Person caller, OneTimeCode code) {
    return store
        .findByCode(code.digest())
        .filter(flow -> flow.isOf(caller) && isValidAt(flow, Stage.ALLOWED));
  }

  private static boolean isProvedBy(MintFlow flow, OneTimeCode verifier) {
    return flow.codeChallenge().equals(verifier.challenge());
  }

  /**
   * Deletes a flow that its user has denied.
   *
   * @throws MintFlowNotFoundException if the state does not belong to a denied flow of the caller's
   *     session
   */
  public void deleteDenied(SessionCaller caller, OneTimeCode state) {
    MintFlow flow =
        store
            .findByState(state.digest())
            .filter(found -> found.isOf(caller.person()) && isValidAt(found, Stage.DENIED))
            .orElseThrow(MintFlowNotFoundException::new);
    if (!store.delete(flow)) {
      throw new MintFlowNotFoundException();
    }
  }

  /**
   * Creates the personal token of a flow. The token code becomes invalid, even if the creation
   * fails.
   *
   * @param code the token code that {@link #redeem} has returned
   * @throws MintFlowNotFoundException if {@code code} is not a valid token code of the caller's
   *     session
   * @throws PermissionDeniedException if the caller may no longer create personal tokens
   * @throws FreshSignInRequiredException if the caller's sign-in has become too old for the scopes
   * @throws TooManyChangesException if the user exceeds the limit on changes
   * @throws InvalidRequestException if the requested expiry is now in the past, or a requested
   *     scope is no longer available
   * @throws NameTakenException if an unrevoked token of the user now has the requested name
   * @throws LimitReachedException if the user has the maximum number of unrevoked, unexpired tokens
   */
  public CreatedPersonalToken createToken(SessionCaller caller, OneTimeCode code) {
    return mint(
        caller.person(),
        store
            .findByCode(code.digest())
            .filter(flow -> flow.isOf(caller.person()) && isValidAt(flow, Stage.REDEEMED))
            .orElseThrow(MintFlowNotFoundException::new));
  }

  private CreatedPersonalToken mint(Actor.Person caller, MintFlow flow) {
    if (!store.delete(flow)) {
      throw new MintFlowNotFoundException();
    }
    return tokens.createProposed(caller, flow.request());
  }

  private boolean isValidAt(MintFlow flow, Stage stage) {
    Instant now = clock.instant();
    Duration lifetime = stage == Stage.PENDING ? FLOW_LIFETIME : CODE_LIFETIME;
    // A later expiry was computed with a wrong clock. The flow would be valid for too long.
    Instant latest = now.plus(lifetime).plus(SignInAge.CLOCK_DIFFERENCE);
    return flow.stage() == stage
        && now.isBefore(flow.expiresAt())
        && !flow.expiresAt().isAfter(latest);
  }

  /** Deletes expired flows from the store. */
  public void maintain() {
    store.deleteEnded(clock.instant());
  }
}
