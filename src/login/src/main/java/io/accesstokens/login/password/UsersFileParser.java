package io.accesstokens.login.password;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile.ParsedContent;
import io.accesstokens.file.YamlText;
import io.accesstokens.file.YamlValue;
import io.accesstokens.login.password.UsersFile.User;
import io.accesstokens.login.password.UsersFile.Users;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses a users file. Each instance parses one file content. An error message never contains a
 * value.
 */
final class UsersFileParser {

  private static final Set<String> KEYS = Set.of("username", "userEntityRef", "password");

  private final List<String> problems = new ArrayList<>();
  private final Map<String, User> users = new LinkedHashMap<>();

  private UsersFileParser() {}

  /**
   * Parses the users in the content of a users file.
   *
   * @throws MalformedFileException if the content has errors; the message has one line for each
   *     error
   */
  static ParsedContent<Users> read(String text) {
    UsersFileParser reading = new UsersFileParser();
    reading.readDocuments(YamlText.documents(text));
    if (!reading.problems.isEmpty()) {
      throw new MalformedFileException(reading.problems);
    }
    return new ParsedContent<>(Users.of(reading.users), List.of());
  }

  private void readDocuments(List<YamlValue> documents) {
    if (documents.size() != 1 || !(documents.get(0) instanceof YamlValue.Fields top)) {
      problems.add("must be one document with the key people and no other");
      return;
    }
    for (String key : top.fields().keySet()) {
      if (!key.equals("people")) {
        problems.add(
            "line " + top.get(key).line() + ": has an unknown key; the only key is people");
      }
    }
    if (!(top.get("people") instanceof YamlValue.Items list)) {
      problems.add("line " + top.get("people").line() + ": people must be a list ([] for none)");
      return;
    }
    for (int i = 0; i < list.items().size(); i++) {
      readUser("people[" + i + "]", list.items().get(i));
    }
  }

  private void readUser(String where, YamlValue value) {
    if (!(value instanceof YamlValue.Fields fields)) {
      reportError(value, where, "must be a mapping");
      return;
    }
    for (String key : fields.fields().keySet()) {
      if (!KEYS.contains(key)) {
        reportError(
            fields.get(key), where, "has an unknown key; known: username, userEntityRef, password");
      }
    }
    String username = username(where, fields);
    EntityRef ref = ref(where, fields);
    PasswordHash password = password(where, fields);
    if (username == null || ref == null || password == null) {
      return;
    }
    if (users.putIfAbsent(username, new User(username, ref, password)) != null) {
      reportError(fields.get("username"), where + ".username", "is used by another user");
    }
  }

  private @Nullable String username(String where, YamlValue.Fields fields) {
    String text = text(where, fields, "username");
    if (text == null) {
      return null;
    }
    String name = UsersFile.canonical(text);
    boolean good =
        !name.isBlank()
            && name.equals(name.strip())
            && name.codePointCount(0, name.length()) <= UsersFile.MAX_USERNAME
            && name.indexOf(':') < 0
            && PreparedPassword.isText(name);
    if (!good) {
      reportError(
          fields.get("username"),
          where + ".username",
          "must have 1 to 255 characters, no colon or control character, no space at its ends");
      return null;
    }
    return name;
  }

  private @Nullable EntityRef ref(String where, YamlValue.Fields fields) {
    String text = text(where, fields, "userEntityRef");
    EntityRef ref = text == null ? null : EntityRef.parseUser(text).orElse(null);
    if (text != null && ref == null) {
      reportError(
          fields.get("userEntityRef"),
          where + ".userEntityRef",
          "must be of the form user:default/name");
    }
    return ref;
  }

  private @Nullable PasswordHash password(String where, YamlValue.Fields fields) {
    String text = text(where, fields, "password");
    if (text == null) {
      return null;
    }
    try {
      return PasswordHash.parse(text);
    } catch (IllegalArgumentException e) {
      reportError(fields.get("password"), where + ".password", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private @Nullable String text(String where, YamlValue.Fields fields, String key) {
    YamlValue value = fields.get(key);
    if (value instanceof YamlValue.Text text) {
      return text.text();
    }
    String errorMessage = value instanceof YamlValue.Nothing ? "is missing" : "must be text";
    reportError(value, where + '.' + key, errorMessage);
    return null;
  }

  private void reportError(YamlValue at, String where, String errorMessage) {
    problems.add("line " + at.line() + ": " + where + ' ' + errorMessage);
  }
}
