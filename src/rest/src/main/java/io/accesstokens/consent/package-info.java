/**
 * The mint flow over HTTP: personal tokens that are created when their user consents.
 *
 * <p>It uses the authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636). The package
 * {@code mint} has the flow itself, without HTTP.
 *
 * <p>A flow has these steps:
 *
 * <ol>
 *   <li>A browser in a session begins a flow ({@link io.accesstokens.consent.MintResource}).
 *   <li>The authorization endpoint redirects it to the consent page ({@link
 *       io.accesstokens.consent.AuthorizationEndpoint}).
 *   <li>The user decides there ({@link io.accesstokens.consent.ConsentEndpoint}).
 *   <li>The browser returns with a code, which the server redeems.
 *   <li>The browser shows the page of personal tokens. The fragment of its address contains another
 *       code.
 *   <li>The page exchanges that code for the raw token.
 * </ol>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>The raw token is in the body of one response only. It is never in an address, a log or a
 *       browser's history.
 *   <li>All steps except the authorization endpoint need the session in which the flow was begun.
 *       Another kind of credential is 403; another session or user is 404. A request that changes
 *       something in a session must come from a page of this service (see {@code login}). So no
 *       other site can begin a flow or consent to it.
 *   <li>The consent page cannot be embedded in a frame, like all pages.
 *   <li>A browser is redirected only to the redirect URI of the built-in client, compared character
 *       by character, and to two pages of this service. A request that names another client or
 *       address is not redirected to that address.
 *   <li>Protocol objects are those of the Nimbus library. The query is decoded strictly before
 *       Nimbus receives it. No parameter may occur twice.
 *   <li>Errors contain codes and sentences of this service, and nothing from the request. The only
 *       exception is the state, which RFC 6749 requires in the response. It is returned only if it
 *       has the form of a state of this service.
 *   <li>The authorization endpoint needs no session. It finds a flow by its state.
 *   <li>There is one client, which is built in.
 *   <li>The token endpoint returns the personal token as {@code access_token}, and no JWT with it.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0011-mint-flow.md}.
 *
 * <p>Out of scope: sessions, and the proof that a request in a session needs (see {@code login}).
 */
@NullMarked
package io.accesstokens.consent;

import org.jspecify.annotations.NullMarked;
