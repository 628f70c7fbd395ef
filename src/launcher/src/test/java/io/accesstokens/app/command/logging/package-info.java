/** Tests the log of the command line without a separate process. */
@NullMarked
package io.accesstokens.app.command.logging;

import org.jspecify.annotations.NullMarked;
