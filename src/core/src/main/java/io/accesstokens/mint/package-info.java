/**
 * Personal tokens that are made with their user's consent, by the authorization code flow (RFC
 * 6749, section 4.1, with PKCE, RFC 7636): what is kept of one on its way, and what takes it
 * further.
 *
 * <ol>
 *   <li>A flow belongs to a user and to the session in which it was begun; whatever happens to it
 *       later happens in that session, or not at all. A stranger learns nothing about it: over,
 *       used up, never begun and somebody else's are one and the same {@link
 *       io.accesstokens.mint.MintFlowNotFoundException}. Its id is no secret, and good for nothing.
 *   <li>Stages are passed one way and each once: undecided, allowed or denied, redeemed, gone. The
 *       store decides who passes one ({@link io.accesstokens.mint.MintFlowStore#replace}), so that
 *       of parallel redemptions exactly one succeeds, on however many replicas.
 *   <li>What opens a stage is stored as a digest. State and code verifier are not even that: they
 *       follow from the flow's id and the session's key, which is in the browser's cookie alone. So
 *       nothing of it has to be kept in the browser beside the cookie, any replica can go on with a
 *       flow after a restart, and a reader of the database cannot. A fresh sign-in gives the
 *       session another key; the decision about a flow binds it to the key of that moment.
 *   <li>The token is made when it is picked up. Until then there is none, so none can be lost or
 *       seen on the way; and permission, limits and the name are looked at again in that moment.
 *   <li>An undecided flow lasts ten minutes, and each code a minute. Users have a bounded number of
 *       flows; the oldest give way.
 * </ol>
 *
 * <p>Decision: a code that comes a second time is refused, and no token is revoked for it, as RFC
 * 6749, section 4.1.2, would have it where that is possible: without the session's cookie a code is
 * nothing, and with it, a reload of the page must not cost its user the token.
 *
 * <p>Decision: a flow that fails when the token is made is over. Its user begins anew, which is one
 * click, instead of being asked to wait with a code that runs out.
 *
 * <p>Out of scope: HTTP (see {@code consent}); clients other than this service's own page. They
 * would come with a registration that says who they are and where they are reached.
 */
@NullMarked
package io.accesstokens.mint;

import org.jspecify.annotations.NullMarked;
