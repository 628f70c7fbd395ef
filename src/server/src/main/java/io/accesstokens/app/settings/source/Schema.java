package io.accesstokens.app.settings.source;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names and types of all settings, read from an interface. Full names have {@code []} instead
 * of indexes. A list of texts has two names: the name with brackets for its elements, and the name
 * without brackets for the list as one text.
 *
 * <p>Each setting of type {@link Secret} has a second setting, whose name has the suffix {@value
 * #FILE_SUFFIX}. This setting names a file that contains the secret.
 */
public final class Schema {

  /** Suffix of the name of a setting that names the file with a secret. */
  static final String FILE_SUFFIX = "File";

  private static final Pattern SEPARATOR = Pattern.compile("[.\\[]");

  private static final Pattern INDEX = Pattern.compile("\\[(?:0|[1-9][0-9]{0,3})\\]");

  private final String prefix;
  private final NavigableMap<String, Leaf> leaves = new TreeMap<>();

  /**
   * Reads the schema from an interface with all settings.
   *
   * @param prefix the prefix of every name; a dot follows the prefix
   * @param settings the interface of all settings; every interface that is not of the JDK is a
   *     section
   */
  public Schema(String prefix, Class<?> settings) {
    this.prefix = prefix;
    addSection(prefix, settings);
  }

  /** Returns the methods of an interface that are settings or sections. */
  static List<Method> settingsOf(Class<?> section) {
    return Arrays.stream(section.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && method.getParameterCount() == 0)
        .toList();
  }

  private void addSection(String path, Class<?> section) {
    for (Method method : settingsOf(section)) {
      add(path + '.' + method.getName(), method, method.getGenericReturnType(), true);
    }
  }

  private void add(String path, Method method, Type type, boolean mandatory) {
    if (type instanceof ParameterizedType generic) {
      Type argument = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == List.class) {
        add(path + "[]", method, argument, true);
        if (argument == String.class) {
          add(path, method, argument, false);
        }
      } else {
        add(path, method, argument, false);
      }
    } else if (type == OptionalInt.class) {
      addLeaf(path, method, int.class, false);
    } else if (type instanceof Class<?> plain) {
      if (plain.isInterface() && !plain.getPackageName().startsWith("java.")) {
        addSection(path, plain);
      } else {
        addLeaf(path, method, plain, mandatory);
      }
    } else {
      throw new IllegalStateException(
          "the return type of this setting is not supported: " + method);
    }
  }

  private void addLeaf(String path, Method method, Class<?> type, boolean mandatory) {
    leaves.put(path, new Leaf(type, method.getAnnotation(Setting.class), mandatory));
    if (type == Secret.class) {
      leaves.put(path + FILE_SUFFIX, new Leaf(Path.class, null, false));
    }
  }

  /** Returns the prefix of the name of every setting. */
  String prefix() {
    return prefix;
  }

  /**
   * Returns the full names of all settings, with {@code []} instead of indexes, in alphabetical
   * order.
   */
  public Set<String> names() {
    return leaves.keySet();
  }

  /**
   * Returns the known name that is most similar to an unknown name; empty if no name is similar.
   * Ignores the names of list elements.
   */
  Optional<String> similar(String name) {
    return closest(single(), name);
  }

  /**
   * Returns the full names of all settings that are not in a list element. Names in list elements
   * contain {@code []}.
   */
  Set<String> single() {
    return leaves.keySet().stream()
        .filter(name -> !name.contains("["))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns a name with {@code []} instead of each index. */
  public static String withoutIndexes(String name) {
    return INDEX.matcher(name).replaceAll("[]");
  }

  /**
   * Returns the type of a setting; empty if the setting does not exist.
   *
   * @param name the full name, including indexes
   */
  public Optional<Leaf> leaf(String name) {
    return name.contains("[]")
        ? Optional.empty()
        : Optional.ofNullable(leaves.get(withoutIndexes(name)));
  }

  /**
   * Returns the name of the secret to which the setting of a file belongs, for example {@code
   * accessTokens.database.password} for {@code accessTokens.database.passwordFile}. Returns empty
   * if the setting is not for the file of a secret.
   *
   * @param name the full name; it can contain list indexes
   */
  Optional<String> secretOf(String name) {
    if (!name.endsWith(FILE_SUFFIX)) {
      return Optional.empty();
    }
    String secret = name.substring(0, name.length() - FILE_SUFFIX.length());
    Leaf leaf = leaves.get(withoutIndexes(secret));
    return leaf != null && leaf.type() == Secret.class ? Optional.of(secret) : Optional.empty();
  }

  /**
   * Returns true if a section of settings has this name. A name can contain list indexes, for
   * example {@code accessTokens.service.scopes[0]}.
   */
  boolean isSection(String name) {
    return hasBelow(withoutIndexes(name) + '.');
  }

  /** Returns true if a list has this name. A name can contain list indexes. */
  boolean isList(String name) {
    return hasBelow(withoutIndexes(name) + "[]");
  }

  /**
   * Returns true for the name of a list that must not be empty, and for the names of its elements.
   * See {@link Setting#absentMeansAll}.
   */
  boolean absentMeansAll(String name) {
    return leaf(name).filter(Leaf::absentMeansAll).isPresent();
  }

  /**
   * Returns true if a value, a section or a list has this name. A name can contain list indexes.
   */
  boolean isKnown(String name) {
    return leaf(name).isPresent() || isSection(name) || isList(name);
  }

  private boolean hasBelow(String start) {
    NavigableMap<String, Leaf> from = leaves.tailMap(start, true);
    return !from.isEmpty() && from.firstKey().startsWith(start);
  }

  /**
   * Returns the name of the outermost list to which a setting belongs; empty if the setting belongs
   * to no list.
   */
  Optional<String> listOf(String name) {
    int bracket = name.indexOf('[');
    if (bracket >= 0) {
      return Optional.of(name.substring(0, bracket));
    }
    return isList(name) ? Optional.of(name) : Optional.empty();
  }

  /**
   * Returns the names of the required settings of a list element. The names are relative to the
   * element.
   */
  List<String> requiredBelow(String element) {
    String start = withoutIndexes(element) + '.';
    return leaves.tailMap(start, true).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(start) && entry.getValue().isRequired())
        .map(entry -> entry.getKey().substring(start.length()))
        .filter(name -> !name.contains("[")) // inner lists have their own required names
        .toList();
  }

  /**
   * Returns the key of a section that is most similar to an unknown key; empty if no key is
   * similar. Error messages suggest the returned key.
   */
  Optional<String> similar(String section, String key) {
    String start = section.isEmpty() ? "" : withoutIndexes(section) + '.';
    Set<String> keys =
        leaves.keySet().stream()
            .filter(name -> name.startsWith(start))
            .map(name -> SEPARATOR.split(name.substring(start.length()), 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    return closest(keys, key);
  }

  /**
   * Returns the candidate that is most similar to a text; empty if no candidate is similar. Similar
   * texts differ only in case or in at most two letters. Texts of fewer than six characters must be
   * more similar.
   */
  static Optional<String> closest(Set<String> candidates, String text) {
    if (text.length() > 100) {
      return Optional.empty();
    }
    String lower = text.toLowerCase(Locale.ROOT);
    String best = null;
    int bestDistance = Math.min(3, Math.max(1, text.length() / 2));
    for (String candidate : candidates) {
      int distance = distance(candidate.toLowerCase(Locale.ROOT), lower);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns the Levenshtein distance between two texts. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
