package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.Filter;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/**
 * Where people are in a directory, and who they are.
 *
 * @param base the DN below which they are
 * @param filter who counts as a person that may sign in
 * @param usernameAttribute what they type in as their name
 * @param ref gives the person; its placeholder is an attribute
 * @param displayNameAttribute how to address them
 * @param remembered how long it is relied on that somebody still is who they were; zero: not at all
 */
public record LdapUserDirectory(
    String base,
    String filter,
    String usernameAttribute,
    EntityRefTemplate ref,
    String displayNameAttribute,
    Duration remembered) {

  /** Whoever signs in by that name. */
  Filter named(String username) {
    return LdapText.and(filter, usernameAttribute, username);
  }

  /**
   * Whoever has that ref.
   *
   * @return empty if nobody can have it
   */
  Optional<Filter> whoIs(EntityRef user) {
    return ref.nameOf(user).map(name -> LdapText.and(filter, ref.placeholder(), name));
  }
}
