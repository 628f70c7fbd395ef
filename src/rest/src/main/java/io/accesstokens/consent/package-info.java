/**
 * The mint flow over HTTP: personal tokens that are made when their user consents, by the
 * authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636). What a flow is stands in
 * {@code mint}.
 *
 * <ol>
 *   <li>A browser in a session begins a flow ({@link io.accesstokens.consent.MintResource}), is led
 *       to the page that asks ({@link io.accesstokens.consent.AuthorizationEndpoint}), decides
 *       there ({@link io.accesstokens.consent.ConsentEndpoint}), comes back with a code, which the
 *       server uses up, and is shown the page of personal tokens, whose address's fragment holds
 *       another code. The page trades that for the raw token. So the raw token is in the body of
 *       one answer, and in no address, no log, no history.
 *   <li>All of it but the authorisation endpoint needs the session in which it was begun: another
 *       credential is 403, another session or user 404. What changes something in a session must
 *       come from a page of ours (see {@code login}), so no other site begins a flow, or consents.
 *   <li>The page that asks is shown in no frame, as no page is.
 *   <li>A browser is sent to three places: the built-in client's one redirect URI, compared
 *       character by character, and two pages of ours. What names another client or address is sent
 *       nowhere.
 *   <li>Protocol objects are Nimbus's. Before it sees a query, that was decoded strictly, and no
 *       parameter may stand in it twice.
 *   <li>Errors carry codes and sentences of ours, and nothing that was sent, but for the state that
 *       RFC 6749 wants back: it has the form of one of ours.
 * </ol>
 *
 * <p>Decision: the authorisation endpoint asks for no session. It knows a flow by its state, which
 * stands in the browser's own request; the page behind it leads to the sign-in and back, and then
 * says by itself when the session is another one now.
 *
 * <p>Decision: one client, built in. Registered ones need a name and an address of their own, and a
 * store for both; {@code MintClient} is where they come in.
 *
 * <p>Decision: the token endpoint gives the personal token as {@code access_token}, for a bearer
 * token is what it is. There is no JWT beside it: exchanging is what the token endpoint is for.
 *
 * <p>Out of scope: sessions and what a request in one must prove (see {@code login}).
 */
@NullMarked
package io.accesstokens.consent;

import org.jspecify.annotations.NullMarked;
