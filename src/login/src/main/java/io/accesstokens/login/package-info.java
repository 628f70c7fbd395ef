/**
 * How people sign in: their passwords, HTTP Basic, sessions, and what keeps browsers from being
 * misused.
 *
 * <ol>
 *   <li>Passwords are kept as {@link io.accesstokens.login.PasswordHash} only: PBKDF2-HMAC-SHA256
 *       with at least 600,000 iterations. Stored ones that are weaker are refused at start, and so
 *       are absurdly dear ones, which would let a file stop the service.
 *   <li>Names and passwords are prepared as RFC 7617 §2.1 asks ({@link
 *       io.accesstokens.login.PreparedPassword}): Unicode NFC, every space an ASCII space, no
 *       control characters. So "é" is one password whichever keyboard it was typed on. Names are
 *       case-sensitive.
 *   <li>A check takes as long for a name that does not exist as for one that does ({@link
 *       io.accesstokens.login.UsersFileIdentityStore}): the unknown name is checked against a decoy
 *       that costs what some person's hash costs, always the same for the same name.
 *   <li>Hashes are dear on purpose, so their number is bounded: concurrent checks of one credential
 *       share one hash, verified ones are remembered for five seconds, few run at a time, few wait,
 *       and none waits long. Beyond that it is an outage ({@link
 *       io.accesstokens.login.SignInUnavailableException}, 503), not a refusal. Client addresses
 *       take turns ({@link io.accesstokens.login.Bulkhead}): a flood of names from one address
 *       delays another address by two hashes. Credentials that were good in the last hour have a
 *       bulkhead of their own, so a flood of wrong passwords does not shut out those who are at
 *       work.
 *   <li>A changed people file invalidates at once: what is remembered is bound to the stored hash
 *       and to the person's ref.
 *   <li>Wrong, malformed and unknown credentials get one and the same 401. The log never holds a
 *       name that is nobody's, for people type passwords into the wrong field.
 *   <li>People of the sample, whose passwords everybody knows, sign in over loopback only ({@link
 *       io.accesstokens.login.SamplePeople}), by an address or a name of the machine itself,
 *       whichever file they stand in. Those that are built in are checked by one iteration: nobody
 *       can be kept from guessing their passwords. A reverse proxy on the same machine that adds no
 *       {@code Forwarded} or {@code X-Forwarded-*} header cannot be told from a local client: do
 *       not put one before the sample.
 *   <li>An unsafe request that is authenticated by what a browser sends by itself passes the origin
 *       check ({@link io.accesstokens.login.OriginCheck}), after the credentials were found good:
 *       401 comes before 403.
 *   <li>A servlet container's own realm can take the place of the people file ({@link
 *       io.accesstokens.login.RealmIdentityStore}). Then the container decides on every request,
 *       its lockout of those who guess included, and nothing is remembered here. It is asked by
 *       {@code HttpServletRequest.login}, which makes no session, and told to log out at once: what
 *       is left of it are a name and those roles that some rule knows. On Payara, whose roles are
 *       those of a deployment descriptor, a group of the realm is the role of its name, too. A name
 *       that cannot be part of a ref is nobody ({@link io.accesstokens.login.EntityRefTemplate}).
 *       Few ask at a time, for a realm may hang. Rule 7 holds for its passwords, too.
 *   <li>Guessing is limited for each person and address together ({@link
 *       io.accesstokens.login.SignInLimit}), never for a person alone: anybody could lock them out.
 *       Beyond the limit the answer is 429, and no password is checked, so that nothing is learnt
 *       from it and no hash is spent on it. One password for many names from one address is limited
 *       by rule 4 alone: an address can be that of a whole office.
 *   <li>A session (see {@code session}) is begun by {@link io.accesstokens.login.SessionResource},
 *       by a password under all of the rules above. Its key is in a cookie that scripts cannot read
 *       ({@link io.accesstokens.login.OwnCookie}). Over TLS, a sibling subdomain cannot plant it.
 *   <li>Who is in a session is asked for with each request ({@link
 *       io.accesstokens.login.BrowserSessions}): whether they still may sign in as they did ({@link
 *       io.accesstokens.login.AccountStatus}), their groups, their permissions. Of the container's
 *       realm that cannot be asked, for it must see the password: there the roles are those of the
 *       sign-in, as long as the session lasts.
 *   <li>An unsafe request in a session must pass the origin check and have the header {@code
 *       X-Requested-With}. A sign-in must pass the origin check, too, whatever cookie it comes
 *       with, and is JSON: so it is no form of another site's.
 *   <li>An {@code Authorization} counts for more than a cookie: whoever sends one means to act as
 *       it. A cookie that is not good is none; the request is a stranger's.
 *   <li>A people file beside another store ({@link io.accesstokens.login.UsersFileFirst}) is for a
 *       few accounts that must work while the other does not. Nobody of the other can be one of
 *       them. A refusal costs the same work at both.
 *   <li>New passwords are checked by {@link io.accesstokens.login.PasswordPolicy} when they are
 *       hashed. A stored hash does not tell whether its password kept the policy.
 *   <li>People can sign in at an OpenID provider, too ({@link
 *       io.accesstokens.login.OpenIdResource}): by authorization code, with PKCE (S256), state and
 *       nonce, all three derived from one secret in a cookie of the browser's ({@link
 *       io.accesstokens.login.OpenIdAttempt}): nothing is kept here, so strangers fill no store,
 *       and any replica can end what another began. The redirect URI follows from {@code publicUrl}
 *       alone, and a browser is sent on to own paths only ({@link
 *       io.accesstokens.login.RedirectPath}). An ID token must be signed by one of the provider's
 *       public keys, for us, with our nonce; clocks may differ by a minute. A name and groups come
 *       from its claims. The groups are those of the sign-in, as long as the session lasts.
 *   <li>The provider is asked in bounded time ({@link io.accesstokens.login.OpenIdProvider}, {@link
 *       io.accesstokens.login.OpenIdDiscovery}); when it does not answer, that is an outage, after
 *       which nothing has to be done here. Its keys are read anew when a token names one that is
 *       not known. Signing out here does not depend on it: the browser is told where to go on to be
 *       signed out there (RP-initiated logout). The ID token that the provider wants to see then is
 *       kept with the session, encrypted by the session's key, which is in the browser alone.
 *   <li>A person in a session proves again who they are by the password ({@link
 *       io.accesstokens.login.ReauthenticationResource}), under the limits of every sign-in, or at
 *       the provider, whose {@code auth_time} must be of the last quarter of an hour. It must be
 *       the same user: other tabs of the browser go on with what was begun. What depends on it is
 *       decided in {@code token} ({@link io.accesstokens.token.SignInAge}).
 *   <li>A person lists and ends sessions of their own only ({@link
 *       io.accesstokens.login.OwnSessions}); the id of another person's is not found.
 * </ol>
 *
 * <p>Decision: OpenID Connect is spoken by Nimbus's library, not by Jakarta Security's mechanism.
 * That one keeps what it knows in the servlet container's session, which other replicas do not have
 * and a restart ends; its discovery has no time-outs; and it wants the container's callers, which
 * these are not.
 *
 * <p>Decision: Basic is read here, not by {@code BasicAuthenticationCredential}, which decodes by
 * the platform's charset and throws on some malformed input; the identity store takes either.
 *
 * <p>Decision: no class of this room is a CDI bean by itself. Whoever wires the application
 * produces them; tests construct them.
 *
 * <p>Decision: sessions enter by a filter of Jakarta REST, as Basic does, and not by a mechanism of
 * Jakarta Security, whose sessions are the servlet container's. A page is a file that anybody may
 * have; what it shows comes from the API.
 *
 * <p>Out of scope: locking of accounts.
 */
@NullMarked
package io.accesstokens.login;

import org.jspecify.annotations.NullMarked;
