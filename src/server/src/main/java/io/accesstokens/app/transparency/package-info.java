/**
 * Serves the transparency log of audit events over HTTP, in the format of c2sp.org/tlog-tiles.
 *
 * <ol>
 *   <li>The entries, the checkpoint, the keys and the tiles of hashes need the permission {@code
 *       access-tokens:log:read}. The settings can make all of these public except the entries
 *       ({@link io.accesstokens.app.transparency.PublicLogResource}).
 *   <li>No cache stores entries, because they contain names of users. Caches store only published
 *       checkpoints and hashes. A tile never changes. Therefore, caches can store a published tile
 *       for a year.
 *   <li>The proof of an event needs the same permission as the event.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.transparency;

import org.jspecify.annotations.NullMarked;
