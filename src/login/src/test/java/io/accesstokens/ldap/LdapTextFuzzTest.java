package io.accesstokens.ldap;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.line;
import static io.accesstokens.testing.FuzzInput.lines;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.List;

/**
 * Fuzzes the texts in LDAP settings (names, filters and attributes), and the names that callers
 * type.
 */
class LdapTextFuzzTest {

  /**
   * The first line of the input is a text from the settings. The second line is a name that a
   * caller typed.
   */
  @FuzzTest
  @DictionaryEntries({
    "(objectClass=person)",
    "(&(",
    "(|(",
    "(!(",
    ")(uid=*",
    "2a",
    "00",
    "cn=",
    "ou=people,dc=x",
    ":dn:2.5.13.5:=",
    ">=",
    "~=",
    "+",
    "#04",
    "\\\\",
    "1.2.840"
  })
  void texts(byte[] input) throws LDAPException {
    List<String> lines = lines(input);
    String text = line(lines, 0);
    String typed = line(lines, 1);
    if (LdapText.isDn(text)) {
      DN name = new DN(text);
      same("the name that its text means", name, new DN(name.toString()));
      holds("a normal name is a name", DN.isValidDN(name.toNormalizedString()));
    }
    if (LdapText.isAttribute(text)) {
      holds("an attribute needs no escape", text.matches("[A-Za-z0-9.-]+"));
    }
    if (LdapText.isFilter(text)) {
      Filter filter = LdapText.filter(text);
      same(
          "the filter that its text means",
          filter.toString(),
          Filter.create(filter.toString()).toString());
      bound(LdapText.and(text, "uid", typed), typed);
    }
    bound(LdapText.and("(objectClass=person)", "uid", typed), typed);
  }

  /**
   * Asserts that a filter contains a typed text as exactly one value, whatever the text contains.
   */
  private static void bound(Filter filter, String typed) throws LDAPException {
    same("two parts", 2, filter.getComponents().length);
    Filter equality = filter.getComponents()[1];
    same("the kind of filter", Filter.FILTER_TYPE_EQUALITY, equality.getFilterType());
    same("the attribute", "uid", equality.getAttributeName());
    same("the value", typed, equality.getAssertionValue());
    Filter again = Filter.create(filter.toString());
    same("the value after its text was read", typed, again.getComponents()[1].getAssertionValue());
  }
}
