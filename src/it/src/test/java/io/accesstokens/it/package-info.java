/**
 * Tests of the contract over HTTP, against the shipped WAR.
 *
 * <ol>
 *   <li>The tests are written from the contract alone. Few of them use a class of the project: the
 *       verification library, as a client does, and {@code PasswordHash}.
 *   <li>{@link io.accesstokens.it.ServiceContract} contains the topics. A subclass runs all of them
 *       on one server ({@code java -jar}, Tomcat, Payara) with one kind of store (H2, MariaDB,
 *       PostgreSQL), with one start of the application.
 *   <li>A test creates its own tokens under unique names and does not change others. Topics can
 *       therefore run in any order. Only the search for leaked secrets runs last.
 *   <li>Where the contract permits several responses, a test accepts each of them. A 500, an error
 *       in another format and an echo of the input always fail.
 *   <li>Separate classes test faults (a killed process, a stopped database) and the command line.
 * </ol>
 */
@NullMarked
package io.accesstokens.it;

import org.jspecify.annotations.NullMarked;
