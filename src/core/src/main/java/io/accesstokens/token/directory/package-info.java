/**
 * The directories that know groups and users. Implementations are in other modules.
 *
 * <p>A directory never guesses: if it cannot find something out, it throws an exception.
 */
@NullMarked
package io.accesstokens.token.directory;

import org.jspecify.annotations.NullMarked;
