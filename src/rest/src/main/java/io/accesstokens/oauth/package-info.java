/**
 * Endpoints of an OAuth 2.0 authorisation server, for clients that know the protocol and not this
 * service: token introspection (RFC 7662), token revocation (RFC 7009), and the token endpoint (RFC
 * 6749, section 3.2), which asks a {@link io.accesstokens.oauth.TokenGrant} for each grant type.
 *
 * <ol>
 *   <li>A request is a form (RFC 6749, appendix B), read by hand and strictly ({@link
 *       io.accesstokens.oauth.FormBody}): no parameter twice, an empty one equal to an absent one,
 *       unknown ones passed over. A token in the query is refused: by then it stands in somebody's
 *       log, and whoever sent it should learn that.
 *   <li>An error is a JSON object with {@code error} and {@code error_description} (RFC 6749,
 *       section 5.2), whoever finds it: a resource, a filter or the runtime. Nothing in it comes
 *       from the request. Statuses and the headers {@code WWW-Authenticate}, {@code Allow} and
 *       {@code Retry-After} are those of all other routes.
 *   <li>The verdict on a token is that of the one {@code TokenVerifier} that lets requests in, so
 *       that a revocation counts here when it counts there. An outage is 503, never {@code
 *       {"active": false}}: whoever is told that may throw a good token away.
 *   <li>{@code {"active": false}} is all that is said of a token that is not good, whatever the
 *       reason, and 200 is all that the revocation of one is answered with, whether there was
 *       anything to revoke.
 *   <li>A revocation is answered when it is final, and so is that of a token which was revoked
 *       before: whoever repeats a request whose answer was lost has the same promise.
 *   <li>A verifier that keeps what it was told sends the {@code position} of the change feed that
 *       it has heard of (RFC 7662, section 2.1, allows such parameters), and is answered by nothing
 *       older. Who sends none asks each time, and is answered by what lets requests in now.
 *   <li>{@code token_type_hint} is read and not followed, as both RFCs allow: one look-up finds
 *       every token that there is.
 * </ol>
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>An introspected token has been used: a resource server asks because somebody presented it
 *       there. So {@code lastUsedAt} moves, and a token that serves at resource servers alone does
 *       not look forgotten. The address is not noted, for it would be the resource server's.
 *   <li>The permission to introspect is held on all groups or not at all: who is sent a token does
 *       not know beforehand whose it is.
 *   <li>{@code sub}, {@code client_id} and {@code username} are the token's subject. That of a
 *       personal token is its user, for whom it acts, and no client is known for it. A service
 *       token acts for nobody but itself, so client and resource owner are one (RFC 6749, section
 *       4.4; RFC 9068, section 2.2, asks for such a {@code sub}). The person who made it stands
 *       nowhere, so that no resource server takes its requests for theirs. A subject can be given
 *       again after a revocation; {@code jti}, the token's id, cannot.
 *   <li>{@code exp} is rounded down, so that nobody keeps a token longer than it lives. Whoever
 *       keeps one as long as it lives reads {@code expires_at}, which is ours, and exact.
 *   <li>Revoking asks for no credential beside the token: it has no client to authenticate, and
 *       whoever has it can do worse with it. A credential that is sent nevertheless must be good.
 *       For the same reason there is no defence against forged cross-site requests: their author
 *       would have to know the token, and could use the front door.
 *   <li>{@code unsupported_token_type} is answered for a signed token that is good: it is verified
 *       elsewhere without asking, and to end the one that it was given for is not for everybody to
 *       whom it was sent (see {@code exchange}).
 * </ul>
 *
 * <p>Out of scope: the sub-request of proxies, which is no part of OAuth (see {@code http}).
 */
@NullMarked
package io.accesstokens.oauth;

import org.jspecify.annotations.NullMarked;
