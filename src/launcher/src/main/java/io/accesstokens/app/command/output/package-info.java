/** Contains the formats in which commands print their results on standard output. */
@NullMarked
package io.accesstokens.app.command.output;

import org.jspecify.annotations.NullMarked;
