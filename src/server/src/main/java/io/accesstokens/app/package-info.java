/**
 * Assembles and runs the application from its settings. It uses all other packages of the service.
 * Only the command line ({@code app.command}) uses it.
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code settings}: loads and validates the settings.
 *   <li>{@code wiring}: CDI producers and the Jakarta REST application.
 *   <li>{@code web}: servlet filters and servlets.
 *   <li>{@code client}: client addresses, and the limits that depend on them.
 *   <li>{@code page}: the HTML pages. They use only the public REST API.
 *   <li>{@code monitoring}: the health checks.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.Startup} starts everything when the servlet container starts the
 *       application, and stops it in reverse order. Nothing keeps its class loader after that.
 *   <li>A problem that an operator can fix is reported as a {@link
 *       io.accesstokens.app.StartupException} with one line per mistake.
 *   <li>{@link io.accesstokens.app.OpenResources} closes in reverse order what the producers
 *       opened.
 *   <li>{@link io.accesstokens.app.AuditLogger} writes one JSON line per event to the logger {@code
 *       audit}: changes, denied requests and refused tokens.
 *   <li>{@link io.accesstokens.app.SignIn} opens the configured sources of users: files, the
 *       container's realm, an LDAP server and issuers of JWTs.
 *   <li>The exchange for short-lived tokens needs a key that encrypts the signing keys ({@link
 *       io.accesstokens.app.SigningKeySeal}) and the application's own address.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0015-runtime-independence.md}.
 */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
