/**
 * Asks witnesses to cosign the checkpoints of the transparency log (<a
 * href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>). A witness cosigns only a log
 * that extends what it has cosigned before. If a witness has seen another history, this package
 * logs an error, and a metric shows it.
 */
@NullMarked
package io.accesstokens.app.transparency.witness;

import org.jspecify.annotations.NullMarked;
