/**
 * Authenticates API requests that carry a JWT of an issuer that the operator trusts. An example is
 * the JWT that Backstage gives to a signed-in user.
 *
 * <ol>
 *   <li>A JWT is accepted only if all of these conditions are met:
 *       <ul>
 *         <li>The JWT is a JWS in compact form with at most {@value
 *             io.accesstokens.exchange.UnverifiedJwt#MAX_LENGTH} characters.
 *         <li>{@code iss} is one of the {@link io.accesstokens.jwt.TrustedIssuer}s.
 *         <li>{@code alg} is allowed for that issuer. All allowed algorithms are asymmetric.
 *         <li>One of the issuer's published keys verifies the signature.
 *         <li>{@code aud} contains the configured audience.
 *         <li>{@code exp} is present and not in the past, and {@code nbf} is not in the future. The
 *             configured clock skew is tolerated for both times.
 *         <li>The user ref from the configured claim is valid.
 *       </ul>
 *   <li>A JWT is always rejected if one of these conditions is met:
 *       <ul>
 *         <li>{@code typ} is not the type of an access token or a JWT (RFC 8725, section 3.11). For
 *             example, Backstage's limited tokens and plugin tokens have other types.
 *         <li>{@code crit} is present, because no extension is supported.
 *         <li>The header contains a key or the address of a key ({@code jwk}, {@code jku}, {@code
 *             x5c}, {@code x5u}).
 *         <li>{@code cnf} is present, because a token that is bound to a key is not a bearer token.
 *         <li>The header or the payload contains a member twice.
 *       </ul>
 *   <li>Every rejected JWT gets the same 401 response. Only the audit log receives the reason
 *       ({@link io.accesstokens.jwt.JwtListener}), without any content of the token.
 *   <li>An outage is not a rejection. If no key matches the token and the last attempt to read the
 *       issuer's keys failed, the token cannot be verified. The response is then 503, in bounded
 *       time. The response is also 503 if no cached key matches the token, and too many threads
 *       already wait for the keys of the issuer. At most 64 threads wait, in equal parts for the
 *       issuers. No other verification failure causes a 503. A token with an {@code alg} that is
 *       not allowed is rejected, and no keys are read.
 *   <li>Keys are read at first use and are kept for five minutes. In the fifth minute, a request
 *       refreshes the keys in the background. If a token names an unknown key, the keys are read
 *       immediately, because an issuer such as Backstage can sign with a new key as soon as the key
 *       is stored. The keys are read at most twice in five seconds, even during a flood of invalid
 *       tokens. If the issuer is unavailable, the last keys stay in use until one hour after they
 *       were read, or a few minutes less.
 *   <li>A token without {@code kid} is verified with every key of the issuer whose type matches.
 *       Such a token does not show whether the issuer has signed with a new key. If the key is new,
 *       the token is accepted only after the next read of the keys.
 *   <li>The user belongs to the groups in the token and to the groups that the group directory
 *       returns. The groups in the token give the issuer no additional power, because the issuer
 *       could also create a token for a member of these groups. Values that are not group refs are
 *       ignored, because the claim {@code ent} of Backstage also contains the user ref. The policy
 *       decides the permissions of the user, as for every other user.
 *   <li>Unsafe requests need no origin check, because browsers do not add bearer tokens
 *       automatically.
 *   <li>A token with an unknown key is rejected while the limit on reads of keys is reached.
 *   <li>{@link io.accesstokens.login.PublishedKeys} fetches the keys, with one deadline for the
 *       whole exchange.
 * </ol>
 *
 * <p>Backstage's {@code TokenFactory} creates tokens of at most 32 KiB with these parts:
 *
 * <ul>
 *   <li>{@code alg}: ES256 by default.
 *   <li>{@code typ}: {@code vnd.backstage.user} in the header. Older versions of Backstage have
 *       this {@code typ} in the payload and no {@code typ} in the header.
 *   <li>{@code iss}: the URL of the auth backend.
 *   <li>{@code aud}: {@code backstage}.
 *   <li>{@code sub}: the entity ref of the user.
 *   <li>{@code ent}: the user ref and the refs of the user's groups. Backstage uses these refs to
 *       decide which entities the user owns. Newer versions of Backstage omit this claim by
 *       default. The groups then come from the group directory only.
 *   <li>{@code iat}, {@code exp} and {@code uip}.
 * </ul>
 *
 * <p>Reasons: {@code src/docs/decisions/0013-sign-in-libraries.md}.
 *
 * <p>Out of scope: encrypted JWTs, opaque tokens of other issuers, tokens bound to a key.
 */
@NullMarked
package io.accesstokens.jwt;

import org.jspecify.annotations.NullMarked;
