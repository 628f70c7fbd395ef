package io.accesstokens.exchange;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.exchange.AccessTokenJwtReader.Reading;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.SignedTokenVerifier;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Accepted;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.Verification.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Verifies short-lived JWTs.
 *
 * <p>The verdict on a JWT is the verdict on the personal token from which the JWT was created. If
 * the JWT is accepted, the verdict contains the creation time and the expiry time of the JWT. The
 * verdict also contains the scopes that both the JWT and the personal token have.
 *
 * <p>A JWT belongs to a personal token, and not to one of its secrets. A rotation of the personal
 * token therefore does not end the JWTs. A use of a JWT does not count as a use of a secret.
 */
public final class AccessTokenJwtVerifier implements SignedTokenVerifier {

  /** Maximum number of entries in each cache. An entry takes a few hundred bytes. */
  private static final int MAX_PARENTS = 50_000;

  private static final Duration ABSENT_TTL = Duration.ofSeconds(5);

  private final Issuer issuer;
  private final AccessTokenJwtReader reader;
  private final PersonalTokenService personal;
  private final TokenVerifier verifier;
  private final SignatureLimit signatures;

  /**
   * Maximum number of look-ups of a personal token's current secret for one verification of a JWT.
   */
  private static final int MAX_LOOKUPS = 3;

  /**
   * The digests of the current secrets of personal tokens, by token id. A rotation, or a failover
   * that loses a rotation, changes the current secret. If a verdict shows that a secret is not
   * current, the digest is looked up again.
   */
  private final Cache<UUID, RawToken> parents =
      Caffeine.newBuilder().maximumSize(MAX_PARENTS).build();

  /**
   * The ids of personal tokens that are not in the store. The entries expire after five seconds. A
   * personal token can be deleted from the store before its JWTs expire. Without this cache, each
   * verification of such a JWT would read the store.
   */
  private final Cache<UUID, Boolean> absent =
      Caffeine.newBuilder().maximumSize(MAX_PARENTS).expireAfterWrite(ABSENT_TTL).build();

  /**
   * Creates a verifier for the JWTs of this service.
   *
   * @param verifier the verifier for personal tokens; the same verifier that authenticates requests
   * @param signatures the limit on the number of JWTs with a wrong signature that a client can send
   */
  public AccessTokenJwtVerifier(
      Issuer issuer,
      AccessTokenJwtReader reader,
      PersonalTokenService personal,
      TokenVerifier verifier,
      SignatureLimit signatures) {
    this.signatures = signatures;
    this.issuer = issuer;
    this.reader = reader;
    this.personal = personal;
    this.verifier = verifier;
  }

  /**
   * Returns true if a bearer credential is a JWT with the {@code iss} of this issuer. This method
   * does not verify the signature.
   */
  boolean isOurs(String credential) {
    return reader.isOurs(credential);
  }

  /**
   * Verifies a JWT that authenticates a request to this server. The audience of the JWT must
   * contain this server.
   *
   * @param clientAddress the network address of the client; null if it is not known
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if the client has sent too many JWTs
   *     with a wrong signature
   * @throws io.accesstokens.verify.VerificationUnavailableException if the verdict is not available
   *     now
   */
  Verification verifyRequest(String credential, @Nullable String clientAddress) {
    Reading reading = read(credential, clientAddress);
    if (reading instanceof Reading.Invalid invalid) {
      return new Refused(invalid.reason(), Optional.empty());
    }
    AccessTokenJwt token = ((Reading.Valid) reading).token();
    return token.audience().contains(issuer.identifier())
        ? verdict(token, null)
        : new Refused(Reason.UNKNOWN, Optional.of(token.parent()));
  }

  @Override
  public Optional<SignedToken> verify(String token, ChangeFeed.@Nullable Position noOlderThan) {
    return reader.read(token) instanceof Reading.Valid valid
        ? Optional.of(signedToken(valid.token(), noOlderThan))
        : Optional.empty();
  }

  @Override
  public Optional<SignedToken> verifyPresented(String token, @Nullable String clientAddress) {
    return read(token, clientAddress) instanceof Reading.Valid valid
        ? Optional.of(signedToken(valid.token(), null))
        : Optional.empty();
  }

  private Reading read(String token, @Nullable String clientAddress) {
    Optional<UnverifiedJwt> jwt = UnverifiedJwt.parse(token);
    if (jwt.isEmpty()) {
      return new Reading.Invalid(Reason.MALFORMED);
    }
    Optional<String> subject = reader.claimedSubject(jwt.get());
    if (subject.isEmpty()) {
      return reader.read(jwt.get()); // not of this issuer, so no signature is verified
    }
    signatures.require(subject.get(), clientAddress);
    Reading reading = reader.read(jwt.get());
    if (reading instanceof Reading.Valid) {
      signatures.recordResult(subject.get(), clientAddress, true);
    } else if (reading instanceof Reading.Invalid invalid && invalid.reason() == Reason.UNKNOWN) {
      signatures.recordResult(subject.get(), clientAddress, false);
    }
    return reading;
  }

  private SignedToken signedToken(AccessTokenJwt token, ChangeFeed.@Nullable Position noOlderThan) {
    return new SignedToken(
        verdict(token, noOlderThan),
        token.id(),
        issuer.identifier(),
        token.audience(),
        AccessTokenJwt.CLIENT_ID);
  }

  private Verification verdict(AccessTokenJwt token, ChangeFeed.@Nullable Position noOlderThan) {
    Verification verdict = parentVerdict(token.parent(), noOlderThan);
    if (!(verdict instanceof Accepted accepted)) {
      return verdict;
    }
    if (!accepted.owner().equals(token.user())) {
      return new Refused(Reason.UNKNOWN, Optional.of(token.parent()));
    }
    return new Accepted(
        accepted.tokenId(),
        accepted.subject(),
        accepted.owner(),
        common(accepted.scopes(), token.scopes()),
        token.issuedAt(),
        token.expiresAt());
  }

  /** Returns the verdict on the current secret of a personal token. */
  private Verification parentVerdict(UUID id, ChangeFeed.@Nullable Position noOlderThan) {
    Verification verdict = new Refused(Reason.UNKNOWN, Optional.of(id));
    for (int i = 0; i < MAX_LOOKUPS; i++) {
      Optional<RawToken> parent = parent(id);
      if (parent.isEmpty()) {
        return new Refused(Reason.UNKNOWN, Optional.of(id));
      }
      verdict =
          noOlderThan == null
              ? verifier.verify(parent.get())
              : verifier.verify(parent.get(), noOlderThan);
      if (isCurrent(verdict)) {
        return verdict;
      }
      parents.asMap().remove(id, parent.get());
    }
    return verdict;
  }

  private static boolean isCurrent(Verification verdict) {
    return verdict instanceof Accepted accepted
        ? !accepted.secret().previous()
        : !(verdict instanceof Refused refused)
            || (refused.reason() != Reason.ENDED_SECRET && refused.reason() != Reason.UNKNOWN);
  }

  private static List<String> common(List<String> now, List<String> then) {
    Set<String> issued = Set.copyOf(then);
    return now.stream().filter(issued::contains).toList();
  }

  private Optional<RawToken> parent(UUID id) {
    RawToken known = parents.getIfPresent(id);
    if (known != null) {
      return Optional.of(known);
    }
    if (absent.getIfPresent(id) != null) {
      return Optional.empty();
    }
    Optional<RawToken> found = personal.digestOnlyTokenOf(id);
    found.ifPresentOrElse(token -> parents.put(id, token), () -> absent.put(id, true));
    return found;
  }
}
