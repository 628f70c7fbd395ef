/**
 * Runs the fuzz tests with coverage guidance. The targets themselves are the classes {@code
 * *FuzzTest}, each in the package of the parsers that it calls.
 *
 * <ol>
 *   <li>{@code mvn test} replays the inputs in the test resources of its module, without fuzzing.
 *   <li>{@code mvn verify} fuzzes each target for ten seconds, in a process of its own.
 *   <li>{@code src/bench/fuzz} fuzzes for hours, and adds the inputs that reach new code.
 *   <li>A target states properties: a round trip, a bound, equality with another implementation. An
 *       exception that the parser does not document is a finding.
 * </ol>
 */
@NullMarked
package io.accesstokens.fuzz;

import org.jspecify.annotations.NullMarked;
