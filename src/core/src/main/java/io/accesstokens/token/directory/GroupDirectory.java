package io.accesstokens.token.directory;

import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks up groups, the groups of a user, and the display names of groups. Implementations must be
 * thread-safe.
 *
 * <p>An unknown group is a normal result. A group directory that cannot determine a result throws
 * {@link DirectoryUnavailableException} within bounded time. An implementation must never report an
 * outage as an unknown group, or an unknown group as an outage.
 */
public interface GroupDirectory {

  /**
   * Returns true if the group exists.
   *
   * @throws DirectoryUnavailableException if the directory cannot determine now whether the group
   *     exists
   */
  boolean exists(EntityRef group);

  /**
   * Returns the groups of a user, or an empty set for an unknown user. If the directory treats
   * members of a group as members of its parent groups, the parent groups are included. All
   * returned groups {@link #exists exist}.
   *
   * @throws DirectoryUnavailableException if the directory cannot determine the groups now
   */
  Set<EntityRef> groupsOf(EntityRef user);

  /**
   * Returns the display names of groups. This method reads only memory, never blocks and never
   * throws {@link DirectoryUnavailableException}, because callers use it for long lists.
   *
   * @return the display names, by group; groups without a known name are absent
   */
  default Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return Map.of();
  }

  /**
   * Searches groups by the rules of {@link MatchingGroups#among}. A directory that can list its
   * groups must override this method. The default implementation finds only a group whose ref is
   * the search text.
   *
   * @param text the search text; a blank text finds all groups
   * @param limit the maximum number of groups to return
   * @throws DirectoryUnavailableException if the directory cannot search groups now
   */
  default MatchingGroups search(String text, int limit) {
    List<Group> named =
        EntityRef.parseGroup(text)
            .filter(this::exists)
            .map(ref -> Group.of(ref, displayNames(Set.of(ref)).get(ref)))
            .stream()
            .toList();
    return MatchingGroups.among(named, "", limit);
  }

  /**
   * A group with its display name.
   *
   * @param ref the canonical ref
   * @param displayName the display name, never blank
   */
  record Group(EntityRef ref, String displayName) {

    /** Maximum length of a display name, in code points. Longer names are truncated. */
    public static final int MAX_DISPLAY_NAME = 100;

    /**
     * Returns a group with this display name. The method replaces misleading code points by spaces:
     * control and format characters, line and paragraph separators, lone surrogates and unassigned
     * code points.
     *
     * @param displayName the display name; if null or blank, the name in the ref is used
     */
    public static Group of(EntityRef ref, @Nullable String displayName) {
      StringBuilder shown = new StringBuilder();
      if (displayName != null) {
        displayName
            .strip()
            .codePoints()
            .limit(MAX_DISPLAY_NAME)
            .forEach(c -> shown.appendCodePoint(Text.isPrintable(c) ? c : ' '));
      }
      String name = shown.toString().strip();
      return new Group(ref, name.isEmpty() ? ref.name() : name);
    }
  }

  /**
   * The result of a search for groups.
   *
   * @param groups the groups, best match first
   * @param truncated true if more groups match than {@code groups} contains
   */
  record MatchingGroups(List<Group> groups, boolean truncated) {
    private static final Pattern SPACE = Pattern.compile("\\s++");

    public MatchingGroups {
      groups = List.copyOf(groups);
    }

    /**
     * Searches a collection of groups. A group matches if its ref or its display name contains each
     * word of the text, ignoring case. Different words can be in the ref and in the display name.
     * The result first has the groups whose name or display name starts with the text, and then all
     * other matching groups. Both parts are ordered by display name.
     *
     * @param text the search text; a blank text finds all groups
     * @param limit the maximum number of groups, not negative
     */
    public static MatchingGroups among(Collection<Group> groups, String text, int limit) {
      String wanted = folded(text).strip();
      List<String> words = List.of(SPACE.split(wanted));
      List<Ranked> matches =
          groups.stream()
              .map(group -> Ranked.of(group, wanted))
              .filter(match -> words.stream().allMatch(match::has))
              .sorted(Ranked.BEST_FIRST)
              .toList();
      return new MatchingGroups(
          matches.stream().limit(limit).map(Ranked::group).toList(), matches.size() > limit);
    }

    private record Ranked(Group group, String ref, String displayName, boolean begins) {

      static final Comparator<Ranked> BEST_FIRST =
          Comparator.comparing((Ranked match) -> !match.begins())
              .thenComparing(Ranked::displayName)
              .thenComparing(match -> match.group().ref().toString());

      static Ranked of(Group group, String wanted) {
        String displayName = folded(group.displayName());
        boolean begins =
            displayName.startsWith(wanted) || folded(group.ref().name()).startsWith(wanted);
        return new Ranked(group, folded(group.ref().toString()), displayName, begins);
      }

      boolean has(String word) {
        return ref.contains(word) || displayName.contains(word);
      }
    }

    private static String folded(String text) {
      return Text.foldCase(Normalizer.normalize(text, Normalizer.Form.NFC));
    }
  }
}
