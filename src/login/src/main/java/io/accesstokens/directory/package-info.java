/**
 * Where groups and their members are known: implementations of {@link
 * io.accesstokens.token.GroupDirectory}.
 *
 * <ol>
 *   <li>Membership is the union of what groups and what users say.
 *   <li>It passes upwards: a member of a group is a member of the groups that it is part of, by its
 *       {@code spec.parent} or their {@code spec.children}, and so on. It never passes downwards.
 *       Groups that are part of each other in a cycle have the same members ({@link
 *       io.accesstokens.directory.GroupTree}).
 *   <li>{@code memberOf} (and {@code parent}, {@code children}) that names a group which is not
 *       there is not a membership, and no fault: catalogs are often cut, and a membership in a
 *       group that does not exist could only come alive by surprise, when somebody else adds a
 *       group of that name.
 *   <li>A short name is of the namespace of the entity that names it, as in Backstage. Refs are
 *       case-insensitive and canonical in lower case ({@link io.accesstokens.verify.EntityRef}).
 *   <li>A directory without a single group is a fault or an outage: nobody could do anything, and a
 *       file that was cut off, or a catalog that is being set up, must not take everybody's groups
 *       away.
 * </ol>
 *
 * <h2>A file</h2>
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.FileGroupDirectory} reads a file in the shape of
 *       Backstage's catalog entities, so that an installation can use the one it has.
 *   <li>A user who is named as a member need not be in the file: people may be kept elsewhere. So
 *       it says nothing of who has left.
 *   <li>Bad content of a later reading keeps the last good one; so the file never is an outage.
 * </ol>
 *
 * <h2>A running Backstage</h2>
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.BackstageGroupDirectory} asks the catalog: for all groups
 *       together, for users one by one. So its cost is that of the people who are at work, and a
 *       list of names, a search and a look up the tree are done in memory.
 *   <li>Answers are kept for a bounded time ({@link io.accesstokens.directory.RefreshingCache}),
 *       counted from before the question was sent. A question that fails changes nothing: what is
 *       known goes on ageing until it is stale, and is an outage then.
 *   <li>What is absent is told apart from what cannot be found out. There is no such user: the
 *       catalog's own 404, whose body says so, not that of a router or a proxy. There is no such
 *       group: the list of all groups, read a moment ago, has none. Whatever else comes (another
 *       status, another shape, nothing in time) is a {@link
 *       io.accesstokens.token.DirectoryUnavailableException}.
 *   <li>A list that is cut is no list: more groups than are expected, or pages without an end, are
 *       an outage, too.
 *   <li>Questions are bounded in time from the first byte to the last, in number, and in the length
 *       of their answers ({@link io.accesstokens.directory.CatalogConnection}); the token goes to
 *       the configured address only.
 *   <li>Orphans are not there: what they came from does not mention them any more.
 *   <li>It is a directory of people, too ({@link io.accesstokens.token.UserDirectory}): who is not
 *       in it is gone.
 * </ol>
 *
 * <p>Decision: nested membership can be turned off, since it is a matter of how an organisation
 * draws its tree. Where departments hold teams, those of a team expect to look after what is their
 * department's; where the root of the tree is the whole company, everybody would look after its
 * tokens.
 *
 * <p>Decision: exactly one directory is in use. With two, a group of one name could be two groups,
 * and a person removed from one would live on in the other.
 *
 * <p>Decision: the tree is read from {@code spec}, not from the relations {@code parentOf} and
 * {@code childOf}, which say the same in Backstage: relations can be had only all together, and
 * those of a group name each thing that it owns.
 *
 * <p>Decision: while the catalog is out of reach and what is known is stale, people can do nothing,
 * admins included: what somebody may do follows from their groups. Tokens go on.
 *
 * <p>Groups of LDAP are in {@code ldap}.
 */
@NullMarked
package io.accesstokens.directory;

import org.jspecify.annotations.NullMarked;
