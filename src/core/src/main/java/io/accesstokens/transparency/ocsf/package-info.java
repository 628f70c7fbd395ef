/**
 * Audit events in the format of the Open Cybersecurity Schema Framework (OCSF), for systems that
 * collect security events.
 *
 * <ol>
 *   <li>An event has only attributes of the published schema. Facts that the schema has no
 *       attribute for are in {@code unmapped}.
 *   <li>An event contains nothing that the audit log does not contain. The audit log contains no
 *       raw tokens and no digests of raw tokens.
 *   <li>The texts in an event come from an audit event, which can be damaged in the database. A
 *       damaged event is converted too, because it must not stop a stream. Only an event with a
 *       damaged time cannot be converted. This event stops a stream.
 * </ol>
 *
 * <p>{@code src/docs/siem.md} contains the table of the mapping.
 */
@NullMarked
package io.accesstokens.transparency.ocsf;

import org.jspecify.annotations.NullMarked;
