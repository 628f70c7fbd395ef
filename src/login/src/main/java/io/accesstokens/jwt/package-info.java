/**
 * Lets people call the API with a JWT of an issuer that the operator trusts, such as the one that
 * Backstage gives to whoever signed in there.
 *
 * <ol>
 *   <li>A JWT is accepted only if all of this holds: it is a JWS in compact form of at most {@value
 *       io.accesstokens.jwt.JwtVerifier#MAX_LENGTH} characters; its {@code iss} is one of the
 *       {@link io.accesstokens.jwt.TrustedIssuer}s, its {@code alg} one that is allowed to that
 *       issuer, all of them asymmetric; one of the issuer's published keys, of a kind that fits,
 *       has signed it; {@code aud} names us; {@code exp} is there and not over, {@code nbf} not in
 *       the future, but for the clock skew; and the claim that names the person gives a user ref.
 *   <li>Refused, whatever else holds: {@code typ} that says it is something else than an access
 *       token or a JWT (RFC 8725 §3.11), Backstage's limited and plugin tokens among them; any
 *       {@code crit}, since no extension is known here; a header that brings its own key, or the
 *       address of one ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}); {@code cnf}, for a
 *       token that is bound to a key is no bearer token; a member that stands there twice.
 *   <li>Every refusal is the same 401. Which it was is for the audit log ({@link
 *       io.accesstokens.jwt.JwtListener}), which is told nothing that was sent.
 *   <li>An outage is no refusal. If no key fits and the issuer's keys could not be read when that
 *       was last tried, it cannot be known whether the token is good: 503, in bounded time. Then,
 *       and never otherwise, for an {@code alg} that is not allowed is refused without asking
 *       anybody.
 *   <li>Keys are read when they are first needed, kept for five minutes, read again in the
 *       background during the last of them, and at once when a token names a key that is not among
 *       them: so an issuer can change its keys at any time. They are read no more than twice in
 *       five seconds, whatever is sent. For one hour they outlive the issuer's outage.
 *   <li>A token without {@code kid} is tried with every key of the issuer that fits. That its key
 *       is new then cannot be seen, so that it is accepted when the keys are next read.
 *   <li>The person belongs to the groups that the token names and to those that the directory
 *       knows: the issuer says who somebody is, so it could as well name somebody of those groups.
 *       What is no ref of a group is passed over; Backstage's {@code ent} names the user, too. What
 *       the person may do is for the policy to say, as for everybody else.
 *   <li>No browser sends a bearer token by itself, so unsafe requests need no origin check.
 * </ol>
 *
 * <p>What Backstage issues (its {@code TokenFactory}): {@code alg} ES256 by default, {@code typ}
 * {@code vnd.backstage.user} in the header (older ones: in the payload, and no {@code typ} in the
 * header), {@code iss} the URL of its auth backend, {@code aud} {@code backstage}, {@code sub} the
 * user's entity ref, {@code ent} the refs through which they own things, {@code iat}, {@code exp},
 * {@code uip}; at most 32 KiB. It signs with a new key as soon as it has stored it, so rule 5 reads
 * keys again at once.
 *
 * <p>Decision: Nimbus JOSE + JWT does the cryptography and keeps the keys. Its own HTTP client has
 * a time-out for each read, which a server that trickles never exceeds, so keys are fetched by
 * {@link io.accesstokens.jwt.PublishedKeys}, with one deadline for all of it.
 *
 * <p>Decision: a foreign key's token that comes while keys may not be read again, because that was
 * just done, is refused: the set that was read seconds ago has no such key. So a flood of junk
 * costs the issuer nothing, and is answered as what it is.
 *
 * <p>Out of scope: encrypted JWTs, opaque tokens of others, tokens bound to a key.
 */
@NullMarked
package io.accesstokens.jwt;

import org.jspecify.annotations.NullMarked;
