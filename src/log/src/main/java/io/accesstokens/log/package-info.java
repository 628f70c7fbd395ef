/**
 * The transparency log of audit events: entries, the Merkle tree over them, signed checkpoints, and
 * the verification of all of these. The package needs no server and no database.
 *
 * <ol>
 *   <li>The tree is that of RFC 6962, section 2.1, with SHA-256.
 *   <li>The nodes of the tree are stored in tiles of 256 hashes (<a
 *       href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a>). A full tile never changes. A
 *       partial tile is a prefix of the full tile.
 *   <li>A checkpoint (<a href="https://c2sp.org/tlog-checkpoint">c2sp.org/tlog-checkpoint</a>) is a
 *       signed note (<a href="https://c2sp.org/signed-note">c2sp.org/signed-note</a>) with Ed25519.
 *   <li>Every parser rejects every deviation from the format with {@link
 *       io.accesstokens.log.LogFormatException}. The parsers of notes, proofs, entries, keys and
 *       paths also limit the length of their input.
 * </ol>
 */
@NullMarked
package io.accesstokens.log;

import org.jspecify.annotations.NullMarked;
