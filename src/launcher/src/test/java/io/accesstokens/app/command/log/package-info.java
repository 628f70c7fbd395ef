/** Tests the log of the command line without a separate process. */
@NullMarked
package io.accesstokens.app.command.log;

import org.jspecify.annotations.NullMarked;
