package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.Filter;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;

/**
 * Describes where an LDAP directory stores the users, and which attributes contain their data.
 *
 * @param base the base DN of the users
 * @param filter an LDAP filter; a user can sign in only if the user's entry matches this filter
 * @param usernameAttribute the name of the attribute that contains the username for the sign-in
 * @param ref the template of the user's entity ref; the placeholder is the name of an attribute
 * @param displayNameAttribute the name of the attribute that contains the display name
 * @param cacheDuration how long the state of a user is cached; zero disables the cache
 */
public record LdapUsers(
    String base,
    String filter,
    String usernameAttribute,
    EntityRefTemplate ref,
    String displayNameAttribute,
    Duration cacheDuration) {

  /**
   * Returns the name of the user attribute whose values groups list in {@code memberUid}. The
   * result is {@code uid} (RFC 2307) if {@code uid} is the placeholder of {@code ref}. Otherwise
   * the result is the name of the attribute with the username.
   */
  String memberNameAttribute() {
    return ref.placeholder().equalsIgnoreCase("uid") ? ref.placeholder() : usernameAttribute;
  }

  /** Returns a filter for the entries with the given username. */
  Filter usernameFilter(String username) {
    return LdapText.and(filter, usernameAttribute, username);
  }

  /**
   * Returns a filter for the entries that can have the given entity ref.
   *
   * @return empty if no entry can have the entity ref
   */
  Optional<Filter> userFilter(EntityRef user) {
    return ref.nameOf(user).map(name -> LdapText.and(filter, ref.placeholder(), name));
  }
}
