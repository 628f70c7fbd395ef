/**
 * The contract, tried over HTTP on the very WAR that is shipped.
 *
 * <ol>
 *   <li>Written from the promises alone: nothing here uses a class of the application.
 *   <li>{@link io.accesstokens.it.ServiceContract} gathers the topics; a subclass runs them all
 *       against one way of keeping tokens (H2, MariaDB, memory), with one start of the application.
 *   <li>A test makes its own tokens under names of its own and leaves those of others alone, so
 *       that topics can run in any order. Only the search for leaked secrets comes last.
 *   <li>Where the contract leaves a choice, a test accepts each answer that it allows; what is
 *       never allowed is a 500, an error in another form, or an echo of the input.
 *   <li>Faults (a killed process, a stopped database) and the command line have classes of their
 *       own.
 * </ol>
 */
@NullMarked
package io.accesstokens.it;

import org.jspecify.annotations.NullMarked;
