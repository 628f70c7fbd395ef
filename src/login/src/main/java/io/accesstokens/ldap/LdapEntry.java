package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** What an entry of the directory stands for. */
final class LdapEntry {

  private LdapEntry() {}

  /**
   * The ref of an entry. Of several values of the attribute, that counts which the entry's own name
   * is made of: an attribute's values have no order.
   *
   * @return empty if there is no such value, or it cannot be part of a ref
   */
  static Optional<EntityRef> ref(SearchResultEntry entry, EntityRefTemplate template) {
    return name(entry, template).flatMap(template::of);
  }

  /** Returns the attribute value from which {@link #ref} makes the ref, in the entry's case. */
  static Optional<String> name(SearchResultEntry entry, EntityRefTemplate template) {
    String[] values = entry.getAttributeValues(template.placeholder());
    if (values == null || values.length == 0) {
      return Optional.empty();
    }
    return values.length == 1 ? Optional.of(values[0]) : ownName(entry, template.placeholder());
  }

  /** Where it is, in one spelling. */
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
