/** Reads passwords from a terminal or from standard input. */
@NullMarked
package io.accesstokens.app.command.input;

import org.jspecify.annotations.NullMarked;
