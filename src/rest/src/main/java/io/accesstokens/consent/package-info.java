/**
 * HTTP resources of the mint flow, which creates a personal token after the user has consented.
 *
 * <p>The mint flow is an authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636). The
 * package {@code mint} implements the flow without HTTP.
 *
 * <p>A mint flow has these steps:
 *
 * <ol>
 *   <li>A browser in a session, or a client with a JWT of a trusted issuer, starts a flow ({@link
 *       io.accesstokens.consent.MintResource}).
 *   <li>The authorization endpoint redirects the browser to the consent page ({@link
 *       io.accesstokens.consent.AuthorizationEndpoint}).
 *   <li>The user allows or denies the token on the consent page ({@link
 *       io.accesstokens.consent.ConsentResource}).
 *   <li>The browser returns to the callback with an authorization code. The server redeems the
 *       code.
 *   <li>The server redirects the browser to the page of personal tokens. The URL fragment contains
 *       a second code.
 *   <li>The page exchanges the second code for the raw token.
 * </ol>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>The raw token occurs in the body of one response only. The raw token never occurs in a URL,
 *       a log or a browser's history.
 *   <li>All steps except the authorization endpoint need the session that has started the flow. If
 *       a JWT has started the flow, the steps after the authorization endpoint need a session of
 *       the same user. The steps after the decision need the session of the decision. A request
 *       with another credential gets 403. A request from another session or user gets 404. The
 *       callback instead redirects the browser with an error in the fragment, and the token
 *       endpoint responds with {@code invalid_grant}. An unsafe request in a session must come from
 *       a page of this service (see {@code login}). This rule prevents cross-site request forgery.
 *   <li>Browsers do not show pages of this service in a frame. This rule includes the consent page.
 *   <li>A browser is redirected only to the redirect URI of the built-in client and to two pages of
 *       this service. Redirect URIs are compared character by character. A request cannot choose
 *       another target.
 *   <li>The Nimbus library parses and writes the protocol messages. The query is decoded strictly
 *       before Nimbus receives it. No parameter may occur twice.
 *   <li>Error responses contain only error codes and texts of this service. A response repeats no
 *       part of the request except the {@code state}, as RFC 6749 requires. A {@code state} is
 *       returned only if it has the format of the states that this service creates.
 *   <li>The authorization endpoint needs no session. The endpoint finds a flow by its {@code
 *       state}.
 *   <li>The built-in client is the only client.
 *   <li>The token endpoint returns the personal token as {@code access_token}, and creates no JWT.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0011-mint-flow.md}.
 *
 * <p>Out of scope: sessions, and the check that a request in a session comes from a page of this
 * service (see {@code login}).
 */
@NullMarked
package io.accesstokens.consent;

import org.jspecify.annotations.NullMarked;
