/**
 * Asks witnesses to cosign the checkpoints of the transparency log (<a
 * href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>). A witness cosigns only a log
 * that extends what it has cosigned before. So a log that shows different histories to different
 * auditors is found, and the alarm is raised here.
 */
@NullMarked
package io.accesstokens.app.transparency.witness;

import org.jspecify.annotations.NullMarked;
