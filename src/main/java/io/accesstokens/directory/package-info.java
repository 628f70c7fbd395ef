/**
 * Where groups and their members are known: implementations of {@link
 * io.accesstokens.token.GroupDirectory}.
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.FileGroupDirectory} reads a file in the shape of
 *       Backstage's catalog entities, so that an installation can use the one it has.
 *   <li>Membership is the union of the groups' {@code spec.members} and the users' {@code
 *       spec.memberOf}. It does not pass from a group to its parent or its children: who may manage
 *       a group's tokens is written down, not derived.
 *   <li>A user who is named as a member need not be in the file: people may be kept elsewhere.
 *   <li>{@code memberOf} a group that is not in the file is a line in the log, not a membership,
 *       and no fault: catalogs are often cut, and a membership in a group that does not exist could
 *       only come alive by surprise, when somebody else adds a group of that name.
 *   <li>A short name is of the namespace of the entity that names it, as in Backstage. Kinds are
 *       compared without regard to case; namespaces and names with it.
 *   <li>A file without a single group is a fault: nobody could do anything, and a file that was cut
 *       off must not take everybody's groups away.
 *   <li>Bad content of a later reading keeps the last good one; so the file never is an outage.
 * </ol>
 *
 * <p>Out of scope here: groups of a running Backstage, LDAP.
 */
@NullMarked
package io.accesstokens.directory;

import org.jspecify.annotations.NullMarked;
