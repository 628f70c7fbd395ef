package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Validates and parses LDAP settings: distinguished names, filters and attribute names. */
public final class LdapText {

  /** Matches an attribute name without options: a descriptor or an OID (RFC 4512, section 1.4). */
  private static final Pattern ATTRIBUTE =
      Pattern.compile("[A-Za-z][A-Za-z0-9-]*+|[0-9]++(?:\\.[0-9]++)++");

  /**
   * Matches an attribute name with or without options (RFC 4512, section 2.5). Underscores are
   * allowed because some servers use underscores.
   */
  private static final Pattern DESCRIPTION = Pattern.compile("[A-Za-z0-9._;-]++");

  private LdapText() {}

  /** Returns true if the text is a distinguished name (RFC 4514) that is not empty. */
  public static boolean isDn(String text) {
    return !text.isBlank() && DN.isValidDN(text);
  }

  /** Returns true if the text is the DN of the base, or of an entry below the base. */
  static boolean isBelow(String base, String text) {
    try {
      return DN.isDescendantOf(text, base, true);
    } catch (LDAPException e) {
      return false;
    }
  }

  /** Returns true if the text is a search filter (RFC 4515). */
  public static boolean isFilter(String text) {
    try {
      return text.strip().startsWith("(") && namesAttributes(Filter.create(text.strip()));
    } catch (LDAPException e) {
      return false;
    }
  }

  /**
   * Returns true if the filter contains only valid attribute names. The library does not check the
   * names. For example, the library accepts {@code (a(b=c)} as a filter on the attribute {@code
   * a(b}.
   */
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

  /** Returns true if the text can be the name of an attribute. */
  public static boolean isAttribute(String text) {
    return ATTRIBUTE.matcher(text).matches();
  }

  /**
   * Parses a search filter.
   *
   * @throws IllegalArgumentException if the text is not a search filter
   */
  static Filter filter(String text) {
    try {
      return Filter.create(text.strip());
    } catch (LDAPException e) {
      throw new IllegalArgumentException("not a valid search filter", e);
    }
  }

  /**
   * Returns a filter with an additional condition: the attribute has the given value.
   *
   * @param filter the text form of a filter
   * @param value the value, without escaping
   */
  static Filter and(String filter, String attribute, String value) {
    return Filter.createANDFilter(filter(filter), Filter.createEqualityFilter(attribute, value));
  }
}
