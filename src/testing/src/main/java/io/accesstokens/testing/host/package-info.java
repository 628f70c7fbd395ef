/**
 * Runs servers and commands of the WAR in processes that the tests of a JVM share.
 *
 * <p>The start of a new process costs about five seconds of CPU time. Most of this time is spent on
 * loading and compiling classes. A process that has already run a server starts the next one in
 * about one second. The process runs the code of the shipped WAR from its class path, as the
 * container image does.
 *
 * <p>{@code java -jar} has its own class loader for the libraries. Tests of this command use
 * separate processes, which unpack the WAR. Tests that kill or pause a process, set JVM options, or
 * measure a process use separate processes, too.
 */
@NullMarked
package io.accesstokens.testing.host;

import org.jspecify.annotations.NullMarked;
