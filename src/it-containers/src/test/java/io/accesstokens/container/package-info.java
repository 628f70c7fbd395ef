/**
 * Runs one test suite with Arquillian in each supported server: Tomcat 10.1, Tomcat 11 and Payara
 * 6.
 *
 * <ol>
 *   <li>The build runs {@link io.accesstokens.container.DeployedIT} once for each server. The
 *       system property {@code arquillian.launch} contains the server's name. The build fails if
 *       the server is missing.
 *   <li>The deployed archive is the WAR that is shipped for that server, plus the suite itself.
 *   <li>Some tests run inside the server with injection; the others are clients.
 *   <li>Payara has its own adapter. Tomcat 11 has no adapter, so {@link
 *       io.accesstokens.container.ManagedTomcat} is an adapter for both versions of Tomcat. The
 *       service file of this adapter is on the class path of the runs in Tomcat only.
 * </ol>
 *
 * <p>The topics of {@code it} test the whole contract. This suite tests the servers: deployment,
 * injection, shutdown, and one pass through the features in between.
 */
@NullMarked
package io.accesstokens.container;

import org.jspecify.annotations.NullMarked;
