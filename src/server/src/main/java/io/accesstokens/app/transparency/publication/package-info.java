/**
 * Publishes checkpoints of the transparency log to systems that keep them: a directory with one
 * file for each published checkpoint, and a webhook.
 */
@NullMarked
package io.accesstokens.app.transparency.publication;

import org.jspecify.annotations.NullMarked;
