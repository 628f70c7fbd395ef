/** Tests the output of commands. */
@NullMarked
package io.accesstokens.app.command.output;

import org.jspecify.annotations.NullMarked;
