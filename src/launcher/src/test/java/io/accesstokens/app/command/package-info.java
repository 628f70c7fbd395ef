/** Tests of the command line that need no process. */
@NullMarked
package io.accesstokens.app.command;

import org.jspecify.annotations.NullMarked;
