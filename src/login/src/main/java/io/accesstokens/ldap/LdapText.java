package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is written in settings for a directory: names, filters, attributes. */
public final class LdapText {

  /** A descriptor or an OID (RFC 4512, section 1.4), without options. */
  private static final Pattern ATTRIBUTE =
      Pattern.compile("[A-Za-z][A-Za-z0-9-]*+|[0-9]++(?:\\.[0-9]++)++");

  /** An attribute with options (RFC 4512, section 2.5); servers have names with underscores. */
  private static final Pattern DESCRIPTION = Pattern.compile("[A-Za-z0-9._;-]++");

  private LdapText() {}

  /** Whether it is a distinguished name (RFC 4514), and not the empty one. */
  public static boolean isDn(String text) {
    return !text.isBlank() && DN.isValidDN(text);
  }

  /** Whether it is a search filter (RFC 4515). */
  public static boolean isFilter(String text) {
    try {
      return text.strip().startsWith("(") && namesAttributes(Filter.create(text.strip()));
    } catch (LDAPException e) {
      return false;
    }
  }

  /** The library takes {@code (a(b=c)} for a filter: one of the attribute {@code a(b}. */
  private static boolean namesAttributes(Filter filter) {
    if (filter.getNOTComponent() != null) {
      return namesAttributes(filter.getNOTComponent());
    }
    return isNameOrNull(filter.getAttributeName())
        && isNameOrNull(filter.getMatchingRuleID())
        && Stream.of(filter.getComponents()).allMatch(LdapText::namesAttributes);
  }

  private static boolean isNameOrNull(@Nullable String name) {
    return name == null || DESCRIPTION.matcher(name).matches();
  }

  /** Whether it can be the name of an attribute. */
  public static boolean isAttribute(String text) {
    return ATTRIBUTE.matcher(text).matches();
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Filter filter(String text) {
    try {
      return Filter.create(text.strip());
    } catch (LDAPException e) {
      throw new IllegalArgumentException("no search filter", e);
    }
  }

  /**
   * A filter, and an attribute that has a value. The value is never part of any text that is read
   * again, so there is nothing to escape.
   */
  static Filter and(String filter, String attribute, String value) {
    return Filter.createANDFilter(filter(filter), Filter.createEqualityFilter(attribute, value));
  }
}
