/**
 * Declares and validates the settings of everything to which the service sends data: notices, audit
 * events and checkpoints. No error repeats a URL, because a URL can contain a secret.
 */
@NullMarked
package io.accesstokens.app.settings.outbound;

import org.jspecify.annotations.NullMarked;
