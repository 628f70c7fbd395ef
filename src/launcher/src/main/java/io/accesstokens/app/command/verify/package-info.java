/** The commands that verify the transparency log, and that move old events to an archive. */
@NullMarked
package io.accesstokens.app.command.verify;

import org.jspecify.annotations.NullMarked;
