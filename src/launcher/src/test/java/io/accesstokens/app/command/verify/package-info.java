/** Tests the commands that verify the transparency log. */
@NullMarked
package io.accesstokens.app.command.verify;

import org.jspecify.annotations.NullMarked;
