/** Reads what the user types. */
@NullMarked
package io.accesstokens.app.command.input;

import org.jspecify.annotations.NullMarked;
