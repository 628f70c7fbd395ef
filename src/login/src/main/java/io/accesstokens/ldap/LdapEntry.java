package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** Reads the entity ref, the name and the normalized DN from an LDAP entry. */
final class LdapEntry {

  /**
   * Maximum number of entries that the search for the name in one entity ref reads. A search can
   * find several entries, because the server ignores case in names.
   */
  static final int SAME_NAME = 50;

  private LdapEntry() {}

  /**
   * Returns the entity ref of an entry. If the attribute has several values, this method uses the
   * value in the RDN of the entry, because the values of an attribute have no order.
   *
   * @return empty if the attribute is absent, or if the value cannot be part of an entity ref. Also
   *     empty if the attribute has several values and the RDN contains none of them
   */
  static Optional<EntityRef> ref(SearchResultEntry entry, EntityRefTemplate template) {
    return value(entry, template.placeholder()).flatMap(template::of);
  }

  /**
   * Returns the value of an attribute, unchanged. If the attribute has several values, this method
   * chooses among them as {@link #ref} does. Returns empty if there is no such value.
   */
  static Optional<String> value(SearchResultEntry entry, String attribute) {
    String[] values = entry.getAttributeValues(attribute);
    if (values == null || values.length == 0) {
      return Optional.empty();
    }
    return values.length == 1 ? Optional.of(values[0]) : ownName(entry, attribute);
  }

  /**
   * Returns the DN of an entry in a normalized spelling. If the DN cannot be parsed, returns the DN
   * as the server sent it.
   */
  static String normalizedDn(SearchResultEntry entry) {
    try {
      return entry.getParsedDN().toNormalizedString();
    } catch (LDAPException e) {
      return entry.getDN();
    }
  }

  private static Optional<String> ownName(SearchResultEntry entry, String attribute) {
    try {
      RDN name = entry.getRDN();
      if (name != null) {
        String[] attributes = name.getAttributeNames();
        for (int i = 0; i < attributes.length; i++) {
          if (attributes[i].equalsIgnoreCase(attribute)) {
            return Optional.of(name.getAttributeValues()[i]);
          }
        }
      }
      return Optional.empty();
    } catch (LDAPException e) {
      return Optional.empty();
    }
  }
}
