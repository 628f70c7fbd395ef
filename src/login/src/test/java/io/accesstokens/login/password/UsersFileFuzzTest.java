package io.accesstokens.login.password;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.YamlText;
import io.accesstokens.file.YamlValue;
import io.accesstokens.login.EntityRefTemplate;
import java.util.List;
import java.util.Optional;

/** Fuzzes YAML, the users file, password hashes in the users file, and templates of entity refs. */
class UsersFileFuzzTest {

  private static final int DEEPEST = 60;

  @FuzzTest
  @DictionaryEntries({
    "people:",
    "- username: ",
    "userEntityRef: ",
    "password: ",
    "pbkdf2-sha256$600000$",
    "---\\x0A",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "|\\x0A ",
    ">-\\x0A ",
    "user:default/{sub}",
    "{ent}",
    "<<: ",
    "%YAML 1.1"
  })
  void files(byte[] input) {
    String text = text(input);
    yaml(text);
    try {
      var unused = UsersFileParser.read(text);
    } catch (MalformedFileException e) {
      isShort(e);
    }
    hash(text);
    template(EntityRefTemplate.ofUsers(text), EntityRefTemplate::ofUsers);
    template(EntityRefTemplate.ofGroups(text), EntityRefTemplate::ofGroups);
  }

  private static void yaml(String text) {
    List<YamlValue> documents;
    try {
      documents = YamlText.documents(text);
    } catch (MalformedFileException e) {
      isShort(e);
      return;
    }
    int lines =
        1 + (int) text.chars().filter(c -> "\n\r\u0085\u2028\u2029".indexOf(c) >= 0).count();
    documents.forEach(document -> isWithin(document, lines, 0));
  }

  private static void isWithin(YamlValue value, int lines, int depth) {
    holds("line " + value.line() + " of " + lines, value.line() >= 1 && value.line() <= lines);
    holds("a bounded depth", depth <= DEEPEST);
    if (value instanceof YamlValue.Items items) {
      items.items().forEach(item -> isWithin(item, lines, depth + 1));
    } else if (value instanceof YamlValue.Fields fields) {
      fields.fields().values().forEach(field -> isWithin(field, lines, depth + 1));
    }
  }

  private static void isShort(MalformedFileException e) {
    holds("1 to 21 problems", !e.problems().isEmpty() && e.problems().size() <= 21);
    for (String problem : e.problems()) {
      holds("one line of at most 300 characters: " + problem, problem.length() <= 300);
      holds("one line: " + problem, problem.chars().noneMatch(Character::isISOControl));
    }
  }

  /**
   * Parses a text as a password hash. Does not verify a password, because the input chooses the
   * number of iterations.
   */
  private static void hash(String text) {
    PasswordHash hash;
    try {
      hash = PasswordHash.parse(text);
    } catch (IllegalArgumentException e) {
      same("no cause that quotes the text", null, e.getCause());
      return;
    }
    holds(
        "bounded iterations",
        hash.iterations() >= PasswordHash.MIN_ITERATIONS
            && hash.iterations() <= PasswordHash.MAX_ITERATIONS);
    same("the text that is read again", hash.text(), PasswordHash.parse(hash.text()).text());
    holds("a hash is redacted", !hash.toString().contains(text));
  }

  private static void template(
      Optional<EntityRefTemplate> read,
      java.util.function.Function<String, Optional<EntityRefTemplate>> parser) {
    read.ifPresent(
        template -> {
          same(
              "the template that its text means",
              Optional.of(template.toString()),
              parser.apply(template.toString()).map(EntityRefTemplate::toString));
          template
              .of("dave")
              .ifPresent(
                  ref -> same("the name in a ref", Optional.of("dave"), template.nameOf(ref)));
        });
  }
}
