/**
 * Assembles and runs the application from its settings. This package uses all other packages of the
 * service. Of the other modules, only {@code launcher} uses this package.
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code app.settings} loads and validates the settings.
 *   <li>{@code app.wiring} contains the CDI producers and the Jakarta REST application.
 *   <li>{@code app.web} contains servlet filters and servlets.
 *   <li>{@code app.client} determines client addresses, and contains the limits per client address.
 *   <li>{@code app.page} serves the HTML pages, which use only the public REST API.
 *   <li>{@code app.outbound} calls systems outside of the service.
 *   <li>{@code app.notice} sends notices about tokens by mail and webhooks.
 *   <li>{@code app.transparency} serves the transparency log, and publishes its checkpoints.
 *   <li>{@code app.stream} sends audit events to other systems.
 *   <li>{@code app.logging} chooses the trace ids of requests, and configures the levels of
 *       loggers.
 *   <li>{@code app.metrics} measures the application.
 *   <li>{@code app.monitoring} serves the health checks and the metrics.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.Startup} starts all parts when the servlet container starts the
 *       application, and stops them in reverse order. After the stop, nothing keeps the class
 *       loader of the application in memory.
 *   <li>A problem that an operator can fix is reported as a {@link
 *       io.accesstokens.app.StartupException} with one line for each error.
 *   <li>{@link io.accesstokens.app.AuditLogger} writes changes, sign-ins, denied requests and
 *       refused tokens to the logger {@code audit}, as lines of JSON. It limits the number of lines
 *       about denied requests and refused tokens.
 *   <li>{@link io.accesstokens.app.ConfiguredLogin} opens the configured sources of users: files,
 *       the container's realm, an LDAP server and issuers of JWTs.
 *   <li>Short-lived tokens need the application's own URL, and a key that encrypts the signing keys
 *       ({@link io.accesstokens.app.SigningKeySeal}).
 * </ol>
 *
 * <p>The reasons are in {@code src/docs/decisions/0015-runtime-independence.md}.
 */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
