/** Tests the parts of the command line that need no separate process. */
@NullMarked
package io.accesstokens.app.command;

import org.jspecify.annotations.NullMarked;
