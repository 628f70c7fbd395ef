package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** Converts LDAP entries to refs and names. */
final class LdapEntry {

  private LdapEntry() {}

  /**
   * Returns the ref of an entry. If the attribute has several values, this method uses the value in
   * the RDN of the entry. The values of an attribute have no order.
   *
   * @return empty if the attribute is absent, or if the value cannot be part of a ref
   */
  static Optional<EntityRef> ref(SearchResultEntry entry, EntityRefTemplate template) {
    return name(entry, template).flatMap(template::of);
  }

  /**
   * Returns the attribute value that {@link #ref} uses, unchanged. Returns empty if the attribute
   * is absent.
   */
  static Optional<String> name(SearchResultEntry entry, EntityRefTemplate template) {
    String[] values = entry.getAttributeValues(template.placeholder());
    if (values == null || values.length == 0) {
      return Optional.empty();
    }
    return values.length == 1 ? Optional.of(values[0]) : ownName(entry, template.placeholder());
  }

  /**
   * Returns the DN of an entry in a normalized spelling. Returns the DN unchanged if the DN cannot
   * be parsed.
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
