package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.Filter;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/**
 * The location of users in an LDAP directory and their attributes.
 *
 * @param base the base DN of the users
 * @param filter matches the entries that may sign in
 * @param usernameAttribute the attribute with the username for the sign-in
 * @param ref the template of the user ref; its placeholder is an attribute
 * @param displayNameAttribute the attribute with the display name
 * @param remembered the time for which the state of a user is cached; zero disables the cache
 */
public record LdapUserDirectory(
    String base,
    String filter,
    String usernameAttribute,
    EntityRefTemplate ref,
    String displayNameAttribute,
    Duration remembered) {

  /** Returns a filter for the users who sign in with the given name. */
  Filter named(String username) {
    return LdapText.and(filter, usernameAttribute, username);
  }

  /**
   * Returns a filter for the entries that can have the given ref.
   *
   * @return empty if no entry can have the ref
   */
  Optional<Filter> userFilterOf(EntityRef user) {
    return ref.nameOf(user).map(name -> LdapText.and(filter, ref.placeholder(), name));
  }
}
