/** Tests the HTTP connector of the command line without a separate process. */
@NullMarked
package io.accesstokens.app.command.connector;

import org.jspecify.annotations.NullMarked;
