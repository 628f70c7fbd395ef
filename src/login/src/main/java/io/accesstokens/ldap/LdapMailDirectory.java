package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads mail addresses from the attribute {@code mail} of groups and users. The members of a group
 * are only its direct members.
 */
public final class LdapMailDirectory implements MailDirectory {

  private static final String MAIL = "mail";

  private static final Comparator<EntityRef> BY_TEXT = Comparator.comparing(EntityRef::toString);

  private final LdapConnections connections;
  private final LdapUsers users;
  private final @Nullable LdapGroups groups;

  /**
   * Creates a mail directory. The caller must close the connections.
   *
   * @param groups describes the groups of the server; null if the groups come from another source
   */
  public LdapMailDirectory(
      LdapConnections connections, LdapUsers users, @Nullable LdapGroups groups) {
    this.connections = connections;
    this.users = users;
    this.groups = groups;
  }

  @Override
  public Optional<String> addressOf(EntityRef owner) {
    return entry(owner, MAIL).map(entry -> entry.getAttributeValue(MAIL));
  }

  @Override
  public Set<EntityRef> membersOf(EntityRef group) {
    LdapGroups known = groups;
    if (known == null) {
      return Set.of();
    }
    return entry(group, known.memberAttribute()).stream()
        // Active Directory returns a long list as member;range=0-1499.
        .flatMap(entry -> entry.getAttributesWithOptions(known.memberAttribute(), null).stream())
        .flatMap(attribute -> Stream.of(attribute.getValues()))
        .flatMap(value -> member(known, value).stream())
        .distinct()
        .limit(MAX_MEMBERS)
        .collect(Collectors.toCollection(() -> new TreeSet<>(BY_TEXT)));
  }

  /** Returns the user that a value of the member attribute identifies. */
  private Optional<EntityRef> member(LdapGroups known, String value) {
    return entries(known, value).stream()
        .flatMap(entry -> LdapEntry.ref(entry, users.ref()).stream())
        .findFirst();
  }

  private List<SearchResultEntry> entries(LdapGroups known, String value) {
    String attribute = users.ref().placeholder();
    if (known.listsNames()) {
      return search(
          users.base(),
          LdapText.and(users.filter(), users.memberNameAttribute(), value),
          attribute);
    }
    try {
      return LdapText.isBelow(users.base(), value)
          ? connections.entryAt(value, LdapText.filter(users.filter()), attribute)
          : List.of();
    } catch (LdapUnavailableException e) {
      throw unavailable(e);
    }
  }

  /** Returns the entry of a group or a user, with the values of the given attribute. */
  private Optional<SearchResultEntry> entry(EntityRef owner, String attribute) {
    LdapGroups known = groups;
    if (owner.kind().equals(EntityRef.USER)) {
      return entry(owner, users.base(), users.userFilter(owner), users.ref(), attribute);
    }
    return known == null
        ? Optional.empty()
        : entry(owner, known.base(), known.groupFilter(owner), known.ref(), attribute);
  }

  private Optional<SearchResultEntry> entry(
      EntityRef owner,
      String base,
      Optional<Filter> filter,
      EntityRefTemplate template,
      String attribute) {
    return filter.stream()
        .flatMap(found -> search(base, found, template.placeholder(), attribute).stream())
        .filter(entry -> LdapEntry.ref(entry, template).filter(owner::equals).isPresent())
        .findFirst();
  }

  private List<SearchResultEntry> search(String base, Filter filter, String... attributes) {
    try {
      return connections.search(base, filter, LdapEntry.SAME_NAME, attributes);
    } catch (LdapUnavailableException e) {
      throw unavailable(e);
    }
  }

  private static DirectoryUnavailableException unavailable(LdapUnavailableException e) {
    return new DirectoryUnavailableException("mail addresses cannot be looked up in LDAP", e);
  }
}
