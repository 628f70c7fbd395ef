/**
 * The exchange of personal tokens for short-lived JWTs, and the verification of these JWTs.
 *
 * <ol>
 *   <li>A client sends a personal token to the token endpoint as {@code refresh_token}, without a
 *       client credential ({@link io.accesstokens.exchange.RefreshTokenGrant}). The response
 *       contains an access token, which is a JWT (RFC 9068), and no refresh token. The personal
 *       token does not change.
 *   <li>Each exchange reads the personal token from the store. Therefore no replica exchanges a
 *       personal token after its revocation was confirmed. Each exchange writes an event to the
 *       audit log of the personal token, and commits the event before the response. The number of
 *       exchanges per user and minute is limited.
 *   <li>A JWT is valid for ten minutes, but not longer than the presented secret of its personal
 *       token. A JWT has the current scopes of the personal token. A request can restrict the JWT
 *       to some of these scopes.
 *   <li>The claims are:
 *       <ul>
 *         <li>{@code iss}: the issuer;
 *         <li>{@code sub}: the entity ref of the user;
 *         <li>{@code ent}: the entity refs of the user and of the user's groups. Backstage uses
 *             this claim to decide which entities a user owns;
 *         <li>{@code aud}: the configured audiences that accept the scopes of the token; without
 *             configured audiences, this server;
 *         <li>{@code scope}: the scopes of the token, separated by spaces;
 *         <li>{@code iat} and {@code exp}: the creation time and the expiry time;
 *         <li>{@code client_id}: {@value io.accesstokens.exchange.AccessTokenJwt#CLIENT_ID},
 *             because the client is not known;
 *         <li>{@code jti}: the id of the JWT;
 *         <li>{@value io.accesstokens.exchange.AccessTokenJwt#PARENT}: the id of the personal
 *             token.
 *       </ul>
 *   <li>This server accepts a JWT only if all of these conditions are met:
 *       <ul>
 *         <li>{@code typ} is {@code at+jwt} and {@code alg} is ES256;
 *         <li>the header has no other member than these and the key id;
 *         <li>a published key with this key id has signed the JWT;
 *         <li>{@code iss} is this issuer;
 *         <li>all claims above are present, and {@code cnf} is absent;
 *         <li>the JWT has not expired;
 *         <li>{@code aud} contains this server, if the JWT authenticates a request. Introspection
 *             also accepts other audiences.
 *       </ul>
 *   <li>The verdict on a JWT that meets these conditions is the verdict on its personal token. The
 *       same verifier, cache and change feed determine both verdicts. After the revocation of a
 *       personal token was confirmed, every replica rejects the JWTs of this token. A JWT never has
 *       more scopes than the personal token has now.
 *   <li>Every rejected JWT gets an identical 401 response. An outage leads to a 503 response.
 *   <li>Other services verify a JWT offline, with the keys that {@link
 *       io.accesstokens.exchange.MetadataEndpoint} publishes. These services accept a JWT until the
 *       JWT expires, even if its personal token was revoked.
 *   <li>The metadata is published at the addresses of RFC 8414 and of OpenID Connect Discovery.
 *       Clients can cache the metadata for {@value
 *       io.accesstokens.exchange.PublishedMetadata#MAX_AGE_SECONDS} seconds. Each key after the
 *       first is published for longer than this cache time before the key signs tokens.
 *   <li>The exchange deviates from RFC 9700, section 2.2.2. A personal token is used like a refresh
 *       token, but is not replaced and not bound to a client. Instead, the number of exchanges is
 *       limited, and the audit log contains each exchange.
 *   <li>A request to revoke a valid JWT (RFC 7009) gets {@code unsupported_token_type}.
 *   <li>A use of a JWT at this server counts as a use of its personal token, but not as a use of
 *       the token's secret. A use of a JWT therefore does not end a grace period.
 *   <li>A rotation of the personal token does not end its JWTs, even if it ends the secret from
 *       which a JWT was created. Each JWT ends within ten minutes.
 *   <li>This package caches the digest of the current secret of a personal token, but no verdict on
 *       a token. For five seconds, it also caches that the store does not contain a token.
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
