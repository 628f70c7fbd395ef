/** Reads passwords and settings for commands. */
@NullMarked
package io.accesstokens.app.command.input;

import org.jspecify.annotations.NullMarked;
