package io.accesstokens.mint;

import io.accesstokens.mint.MintFlow.Stage;
import io.accesstokens.token.Actor;
import io.accesstokens.token.FreshSignInRequiredException;
import io.accesstokens.token.InvalidRequestException;
import io.accesstokens.token.LimitReachedException;
import io.accesstokens.token.MintPolicy;
import io.accesstokens.token.MintRequest;
import io.accesstokens.token.MintedToken;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PermissionDeniedException;
import io.accesstokens.token.PersonalTokenService;
import io.accesstokens.token.TooManyChangesException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * What can be done with flows. Every method throws {@link
 * io.accesstokens.token.StoreUnavailableException} if the store is out of reach.
 */
public final class MintFlows {

  /** So long may somebody take to decide. */
  public static final Duration FLOW = Duration.ofMinutes(10);

  /** So long is an authorisation code good, and so long after it the code to pick up with. */
  public static final Duration CODE = Duration.ofSeconds(60);

  private final MintFlowStore store;
  private final PersonalTokenService tokens;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param tokens makes the tokens, and says beforehand whether it would
   * @param random a cryptographically strong source
   */
  public MintFlows(
      MintFlowStore store,
      PersonalTokenService tokens,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.tokens = tokens;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A flow that has begun.
   *
   * @param state for the authorisation request
   * @param verifier whose challenge goes along with it
   */
  public record Begun(MintFlow flow, OneTimeCode state, OneTimeCode verifier) {}

  /**
   * Begins a flow.
   *
   * @throws PermissionDeniedException if the caller may make no token
   * @throws FreshSignInRequiredException if the sign-in is too old for the scopes
   * @throws TooManyChangesException if the user has made and revoked too many just now; this counts
   *     as one
   * @throws InvalidRequestException if a field is wrong
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has as many good tokens as they may have
   */
  public Begun begin(InSession caller, MintRequest request) {
    MintPolicy.Terms terms = tokens.propose(caller.person(), request);
    UUID id = UUID.randomUUID();
    Instant now = now();
    OneTimeCode state = caller.stateOf(id);
    OneTimeCode verifier = caller.verifierOf(id);
    MintFlow flow =
        new MintFlow(
            id,
            caller.person().ref(),
            caller.sessionId(),
            terms,
            state.digest(),
            verifier.challenge(),
            Stage.PENDING,
            null,
            now,
            now.plus(FLOW));
    store.create(flow);
    return new Begun(flow, state, verifier);
  }

  /** The undecided flow of that state, whoever asks: who does not know the state finds none. */
  public Optional<MintFlow> undecided(OneTimeCode state) {
    return store.findByState(state.digest()).filter(flow -> isAt(flow, Stage.PENDING));
  }

  /**
   * The undecided flow of that id.
   *
   * @throws MintFlowNotFoundException if the caller has none in this session
   */
  public MintFlow undecided(InSession caller, UUID id) {
    return store
        .find(id)
        .filter(flow -> flow.isOf(caller.person()) && isAt(flow, Stage.PENDING))
        .orElseThrow(MintFlowNotFoundException::new);
  }

  /**
   * What becomes of a decision.
   *
   * @param state that of the flow
   * @param code the authorisation code; empty if it was denied
   */
  public record Decided(OneTimeCode state, Optional<OneTimeCode> code) {}

  /**
   * Its user decides about a flow, once.
   *
   * @throws MintFlowNotFoundException if the caller has no undecided one of that id in this session
   * @throws FreshSignInRequiredException if it is allowed, and the sign-in is too old for its
   *     scopes
   */
  public Decided decide(InSession caller, UUID id, boolean allow) {
    MintFlow flow = undecided(caller, id);
    if (allow) {
      tokens.requireFreshSignIn(caller.person(), flow.terms().scopes());
    }
    Optional<OneTimeCode> code = allow ? Optional.of(OneTimeCode.random(random)) : Optional.empty();
    // A fresh sign-in since the beginning has given the session another key.
    MintFlow next =
        flow.boundTo(caller)
            .at(
                allow ? Stage.ALLOWED : Stage.DENIED,
                code.map(OneTimeCode::digest).orElse(null),
                now().plus(CODE));
    if (!store.replace(flow, next)) {
      throw new MintFlowNotFoundException();
    }
    return new Decided(caller.stateOf(id), code);
  }

  /**
   * Uses up an authorisation code in the browser that has come back with it: the code verifier
   * follows from the key of its session.
   *
   * @return what picks the token up, within {@link #CODE}
   * @throws MintFlowNotFoundException unless code and state are those of one flow of this session
   */
  public OneTimeCode redeem(InSession caller, OneTimeCode state, OneTimeCode code) {
    MintFlow flow =
        allowed(caller.person(), code)
            .filter(found -> found.state().equals(state.digest()))
            .filter(found -> isProvedBy(found, caller.verifierOf(found.id())))
            .orElseThrow(MintFlowNotFoundException::new);
    OneTimeCode pickUp = OneTimeCode.random(random);
    if (!store.replace(flow, flow.at(Stage.REDEEMED, pickUp.digest(), now().plus(CODE)))) {
      throw new MintFlowNotFoundException();
    }
    return pickUp;
  }

  /**
   * Uses up an authorisation code for the token itself (RFC 6749, section 4.1.3).
   *
   * @param verifier RFC 7636
   * @throws MintFlowNotFoundException unless code and verifier are those of one flow of this
   *     session
   */
  public MintedToken redeemWith(Actor.Person caller, OneTimeCode code, OneTimeCode verifier) {
    return mint(
        caller,
        allowed(caller, code)
            .filter(found -> isProvedBy(found, verifier))
            .orElseThrow(MintFlowNotFoundException::new));
  }

  private Optional<MintFlow> allowed(Actor.Person caller, OneTimeCode code) {
    return store
        .findByCode(code.digest())
        .filter(flow -> flow.isOf(caller) && isAt(flow, Stage.ALLOWED));
  }

  private static boolean isProvedBy(MintFlow flow, OneTimeCode verifier) {
    return flow.codeChallenge().equals(verifier.challenge());
  }

  /**
   * Takes away a flow that its user has denied.
   *
   * @throws MintFlowNotFoundException unless the state is that of a denied flow of this session
   */
  public void forgetDenied(InSession caller, OneTimeCode state) {
    MintFlow flow =
        store
            .findByState(state.digest())
            .filter(found -> found.isOf(caller.person()) && isAt(found, Stage.DENIED))
            .orElseThrow(MintFlowNotFoundException::new);
    if (!store.remove(flow)) {
      throw new MintFlowNotFoundException();
    }
  }

  /**
   * Makes the token of a flow. The code is used up by it, whatever comes of it.
   *
   * @throws MintFlowNotFoundException if there is nothing to pick up with that code in this session
   * @throws PermissionDeniedException if the caller may make no token any more
   * @throws FreshSignInRequiredException if the sign-in has become too old for the scopes
   * @throws TooManyChangesException if the user has made and revoked too many just now
   * @throws InvalidRequestException if it would have expired by now
   * @throws NameTakenException if an unrevoked token of the user has that name by now
   * @throws LimitReachedException if the user has as many good tokens as they may have
   */
  public MintedToken pickUp(InSession caller, OneTimeCode code) {
    return mint(
        caller.person(),
        store
            .findByCode(code.digest())
            .filter(flow -> flow.isOf(caller.person()) && isAt(flow, Stage.REDEEMED))
            .orElseThrow(MintFlowNotFoundException::new));
  }

  private MintedToken mint(Actor.Person caller, MintFlow flow) {
    if (!store.remove(flow)) {
      throw new MintFlowNotFoundException();
    }
    return tokens.mint(caller, flow.terms().request());
  }

  private boolean isAt(MintFlow flow, Stage stage) {
    return flow.stage() == stage && now().isBefore(flow.expiresAt());
  }

  /** Takes away what is over. */
  public void maintain() {
    store.deleteOver(now());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
