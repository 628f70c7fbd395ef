/** Runs tasks that send the checkpoints of the transparency log to other systems. */
@NullMarked
package io.accesstokens.app.transparency.job;

import org.jspecify.annotations.NullMarked;
