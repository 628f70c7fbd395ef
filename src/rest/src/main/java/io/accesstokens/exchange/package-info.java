/**
 * The exchange of personal tokens for short-lived JWTs, and what these are worth here.
 *
 * <ol>
 *   <li>A personal token is sent to the token endpoint as a {@code refresh_token}, without any
 *       client credential ({@link io.accesstokens.exchange.PersonalTokenExchange}). The answer has
 *       an access token in the form of a JWT (RFC 9068), and no refresh token: the personal token
 *       stays what it was.
 *   <li>Whether the personal token is good is read from the store each time, so that no replica
 *       exchanges one whose revocation was answered. Each exchange is an event in the token's
 *       trail, committed before it is answered, and logged; a user has so many a minute.
 *   <li>A JWT lives ten minutes, and never longer than the personal token. It holds the scopes that
 *       count at that moment, or those of them that the request asks for; never more.
 *   <li>{@code iss} is the issuer, {@code sub} the user's ref, {@code ent} that and the refs of the
 *       groups to which they belong, as Backstage calls what somebody owns things through; {@code
 *       aud} what the operator configured, or else this server; {@code client_id} {@value
 *       io.accesstokens.exchange.AccessTokenJwt#CLIENT_ID}, as there is no client; {@code jti} is
 *       its own, and {@value io.accesstokens.exchange.AccessTokenJwt#PARENT} the id of the personal
 *       token.
 *   <li>Here a JWT is accepted only if all of this holds: {@code typ} is {@code at+jwt}, {@code
 *       alg} ES256, and the header says nothing else than which key; a published key of that id has
 *       signed it; {@code iss} is this issuer, and it is not over. To let a request in, {@code aud}
 *       has to be this server, too; introspection tells of those for others.
 *   <li>Beyond that it is worth what its personal token is at that moment, by the same check, cache
 *       and change feed: it is refused in the first request after a revocation was answered, on
 *       every replica, and its scopes are cut to those that the personal token has now.
 *   <li>Every refusal is the same 401. An outage is 503.
 *   <li>Elsewhere it is verified offline, by the keys that {@link
 *       io.accesstokens.exchange.KeySetEndpoint} publishes; there, a JWT outlives the revocation of
 *       its personal token by as much as it has to live.
 *   <li>What there is is published (RFC 8414, and where OpenID Connect Discovery looks), and can be
 *       cached for {@value io.accesstokens.exchange.PublishedMetadata#MAX_AGE_SECONDS} seconds,
 *       which is less than the time for which a key is published before it signs.
 * </ol>
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A refresh token that is not bound to a client, and is not replaced when it is used, is not
 *       what RFC 9700, section 2.2.2, asks for. It is a personal token, which its bearer can use
 *       directly anyway: the exchange widens nothing. It is limited, and stands in the trail.
 *   <li>RFC 7009 answers {@code unsupported_token_type} for a JWT that is good. To say 200 would
 *       tell its bearer that it is good nowhere, which cannot be promised where it is verified
 *       offline; and to revoke the personal token would let every service to which a JWT is sent
 *       end what it was made from. Whoever wants that sends the personal token.
 *   <li>A use of a JWT here is a use of its personal token.
 *   <li>The parent is checked by its digest, which is looked up by the id once: an id never gets
 *       another digest, so that nothing of a verdict is kept here.
 * </ul>
 *
 * <p>Out of scope: clients, ID tokens, tokens for service tokens.
 */
@NullMarked
package io.accesstokens.exchange;

import org.jspecify.annotations.NullMarked;
