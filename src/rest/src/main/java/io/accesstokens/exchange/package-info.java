/**
 * The exchange of personal tokens for short-lived JWTs, and the verification of these JWTs.
 *
 * <ol>
 *   <li>A client sends a personal token to the token endpoint as {@code refresh_token}, without a
 *       client credential ({@link io.accesstokens.exchange.PersonalTokenExchange}). The response
 *       contains an access token, which is a JWT (RFC 9068), and no refresh token. The personal
 *       token does not change.
 *   <li>The personal token is read from the store for each exchange. So no replica exchanges a
 *       token whose revocation was confirmed. Each exchange is logged and is an event in the
 *       token's audit log, committed before the response. The number of exchanges of a user in a
 *       minute is limited.
 *   <li>A JWT lives for ten minutes, and never longer than its personal token. It has the current
 *       scopes of the personal token, or those of them that the request names.
 *   <li>The claims are:
 *       <ul>
 *         <li>{@code iss}: the issuer;
 *         <li>{@code sub}: the ref of the user;
 *         <li>{@code ent}: the ref of the user and the refs of the user's groups. Backstage uses
 *             this name for ownership refs;
 *         <li>{@code aud}: the configured audiences whose required scopes the token has; without
 *             configuration, this server;
 *         <li>{@code client_id}: {@value io.accesstokens.exchange.AccessTokenJwt#CLIENT_ID},
 *             because there is no client;
 *         <li>{@code jti}: the id of the JWT itself;
 *         <li>{@value io.accesstokens.exchange.AccessTokenJwt#PARENT}: the id of the personal
 *             token.
 *       </ul>
 *   <li>This server accepts a JWT only if all of these conditions hold:
 *       <ul>
 *         <li>{@code typ} is {@code at+jwt} and {@code alg} is ES256;
 *         <li>the header has no other member than these and the key id;
 *         <li>a published key with that id has signed it;
 *         <li>{@code iss} is this issuer;
 *         <li>it has not expired;
 *         <li>{@code aud} contains this server, if the JWT authenticates a request. Introspection
 *             also accepts other audiences.
 *       </ul>
 *   <li>A JWT that meets these conditions has the verdict of its personal token, from the same
 *       verifier, cache and change feed. So every replica rejects it in the first request after a
 *       revocation was confirmed. Its scopes are reduced to those that the personal token has now.
 *   <li>Every rejection is the same 401. An outage is 503.
 *   <li>Other services verify a JWT offline, with the keys that {@link
 *       io.accesstokens.exchange.MetadataEndpoint} publishes. There, a JWT stays valid after the
 *       revocation of its personal token until it expires.
 *   <li>The metadata is published (RFC 8414, and at the address of OpenID Connect Discovery). It
 *       can be cached for {@value io.accesstokens.exchange.PublishedMetadata#MAX_AGE_SECONDS}
 *       seconds. A key is published for longer than that before it signs.
 *   <li>The exchange is limited and recorded in the audit log. It deviates from RFC 9700, section
 *       2.2.2.
 *   <li>RFC 7009 revocation of a valid JWT returns {@code unsupported_token_type}.
 *   <li>A use of a JWT here counts as a use of its personal token.
 *   <li>The digest of the personal token is looked up once by id and never changes. Nothing that
 *       decides a verdict is cached here.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0008-usage-counts.md}, {@code
 * src/docs/decisions/0010-signing-keys-and-exchange.md}.
 *
 * <p>Out of scope: clients, ID tokens, and the exchange of service tokens.
 */
@NullMarked
package io.accesstokens.exchange;

import org.jspecify.annotations.NullMarked;
