/**
 * One suite, run by Arquillian in each server that the application is made for: Tomcat 10.1, Tomcat
 * 11 and Payara 6.
 *
 * <ol>
 *   <li>The build runs {@link io.accesstokens.container.DeployedIT} once a server, with the
 *       server's name in the system property {@code arquillian.launch}. It fails if the server is
 *       not there.
 *   <li>What is deployed is the WAR that is shipped for that server, plus the suite itself.
 *   <li>Some tests run within the server, where they are injected; the others are clients.
 *   <li>Payara has an adapter of its own; for Tomcat there is none for version 11, so {@link
 *       io.accesstokens.container.ManagedTomcat} is one for both versions. Its service file is on
 *       the class path of the runs in Tomcat only.
 * </ol>
 *
 * <p>The whole contract is tried elsewhere, by the topics of {@code it}; this suite is about the
 * servers: deployment, injection, shutdown, and a round through everything in between.
 */
@NullMarked
package io.accesstokens.container;

import org.jspecify.annotations.NullMarked;
