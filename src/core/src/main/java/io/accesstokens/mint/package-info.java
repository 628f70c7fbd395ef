/**
 * Personal tokens that are created with the consent of their user, by the authorization code flow
 * (RFC 6749, section 4.1) with PKCE (RFC 7636). The package stores each flow and moves it from
 * stage to stage.
 *
 * <ol>
 *   <li>A flow belongs to a user and to the session in which it was started. All later steps must
 *       come from the same session. A caller in another session gets a {@link
 *       io.accesstokens.mint.MintFlowNotFoundException}, which does not contain the reason. The id
 *       of a flow is not secret and grants nothing.
 *   <li>A flow that was started without a session belongs to its user only, until the decision. The
 *       session in which the user decides the flow is then the session of the flow. The first state
 *       and the first code verifier are random, and become invalid with the decision. The
 *       credential that started the flow cannot continue it.
 *   <li>A flow has these stages, in this order: undecided, then allowed or denied, then redeemed,
 *       then deleted. No stage occurs twice. A client that exchanges the authorization code
 *       directly for the token skips the stage redeemed. The store makes each transition atomic
 *       ({@link io.accesstokens.mint.MintFlowStore#replace}). If several callers redeem a flow at
 *       the same time, exactly one succeeds, on any number of replicas.
 *   <li>Each code that moves a flow forward is stored as a digest. In a session, the state and the
 *       code verifier are not random. Both are derived from the id of the flow and the session key.
 *       Only the browser's cookie contains the session key. Therefore the browser needs no other
 *       storage, and any replica can continue a flow after a restart. A reader of the database
 *       cannot continue a flow. A new sign-in changes the session key. The decision of the user
 *       binds the flow to the current session key.
 *   <li>The token is created only when the client exchanges its last code: the second code, or the
 *       authorization code that it exchanges directly. Before this exchange, there is no token that
 *       can be lost or disclosed. The exchange checks the permission, the limits and the name
 *       again.
 *   <li>An undecided flow is valid for ten minutes and each code for one minute. A flow that would
 *       be valid for more than five minutes longer comes from a wrong clock, and is invalid.
 *   <li>The number of flows of a user is limited. Above the limit, a new flow deletes the oldest
 *       flow.
 *   <li>A code that is presented a second time is rejected. The token that was created with the
 *       code is not revoked.
 *   <li>A flow ends if the creation of the token fails.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0011-mint-flow.md}.
 *
 * <p>Out of scope: HTTP (see {@code consent}), and clients other than the page of this service.
 * Other clients would need a registration with their identity and their redirect URI.
 */
@NullMarked
package io.accesstokens.mint;

import org.jspecify.annotations.NullMarked;
