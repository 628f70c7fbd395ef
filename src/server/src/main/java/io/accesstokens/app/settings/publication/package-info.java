/** Declares and validates the settings of everything that receives checkpoints of the log. */
@NullMarked
package io.accesstokens.app.settings.publication;

import org.jspecify.annotations.NullMarked;
