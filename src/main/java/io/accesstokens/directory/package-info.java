/**
 * Where groups and their members are known: implementations of {@link
 * io.accesstokens.token.GroupDirectory}.
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.FileGroupDirectory} reads a file in the shape of
 *       Backstage's catalog entities, so that an installation can use the one it has.
 *   <li>Membership is the union of the groups' {@code spec.members} and the users' {@code
 *       spec.memberOf}.
 *   <li>It passes upwards: a member of a group is a member of the groups that it is part of, by its
 *       {@code spec.parent} or their {@code spec.children}, and so on. It never passes downwards.
 *       Groups that are part of each other in a cycle have the same members.
 *   <li>A user who is named as a member need not be in the file: people may be kept elsewhere.
 *   <li>{@code memberOf} (and {@code parent}, {@code children}) that names a group which is not in
 *       the file is a line in the log, not a membership, and no fault: catalogs are often cut, and
 *       a membership in a group that does not exist could only come alive by surprise, when
 *       somebody else adds a group of that name.
 *   <li>A short name is of the namespace of the entity that names it, as in Backstage. Kinds are
 *       compared without regard to case; namespaces and names with it.
 *   <li>A file without a single group is a fault: nobody could do anything, and a file that was cut
 *       off must not take everybody's groups away.
 *   <li>Bad content of a later reading keeps the last good one; so the file never is an outage.
 * </ol>
 *
 * <p>Decision: nested membership can be turned off ({@link
 * io.accesstokens.directory.FileGroupDirectory#nested}), since it is a matter of how an
 * organisation draws its tree. Where departments hold teams, those of a team expect to look after
 * what is their department's; where the root of the tree is the whole company, everybody would look
 * after its tokens.
 *
 * <p>Out of scope here: groups of a running Backstage, LDAP.
 */
@NullMarked
package io.accesstokens.directory;

import org.jspecify.annotations.NullMarked;
