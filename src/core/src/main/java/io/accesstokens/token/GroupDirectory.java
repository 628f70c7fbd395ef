package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Knows which groups there are, who belongs to them, and what they are called. Safe for use by many
 * threads.
 *
 * <p>"There is no such group" and "nobody knows now" are never mistaken for each other: the former
 * is an answer, the latter a {@link DirectoryUnavailableException}, within bounded time.
 */
public interface GroupDirectory {

  /**
   * Whether there is such a group.
   *
   * @throws DirectoryUnavailableException if it cannot be found out now
   */
  boolean exists(EntityRef group);

  /**
   * The groups to which a user belongs, and those that these are part of if the directory passes
   * membership on to them; empty for an unknown user. Only groups that {@link #exists exist}.
   *
   * @throws DirectoryUnavailableException if it cannot be found out now
   */
  Set<EntityRef> groupsOf(EntityRef user);

  /**
   * What groups are called, for lists that show many. From memory, at once: it does no I/O, waits
   * for nobody and never throws {@link DirectoryUnavailableException}.
   *
   * @return by group; those are left out of which nothing is known, or nothing just now
   */
  default Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return Map.of();
  }

  /**
   * Groups for somebody who looks for one, see {@link Found#among}. A directory that cannot list
   * its groups finds the one that is named by its ref, which is what this does by default.
   *
   * @param text what was typed; blank finds all
   * @param limit how many are wanted at most
   * @throws DirectoryUnavailableException if it cannot be found out now
   */
  default Found search(String text, int limit) {
    List<Group> named =
        EntityRef.parseGroup(text)
            .filter(this::exists)
            .map(ref -> Group.of(ref, displayNames(Set.of(ref)).get(ref)))
            .stream()
            .toList();
    return Found.among(named, "", limit);
  }

  /**
   * A group, as people are shown it.
   *
   * @param ref canonical
   * @param displayName never blank
   */
  record Group(EntityRef ref, String displayName) {

    /** What is longer is cut. */
    public static final int MAX_DISPLAY_NAME = 100;

    /**
     * A group of that name; what could mislead in it (control and format characters, those that
     * turn the direction of text included) becomes a space.
     *
     * @param displayName if there is none, or it is blank, the group is called by its ref's name
     */
    public static Group of(EntityRef ref, @Nullable String displayName) {
      StringBuilder shown = new StringBuilder();
      if (displayName != null) {
        displayName
            .strip()
            .codePoints()
            .limit(MAX_DISPLAY_NAME)
            .forEach(c -> shown.appendCodePoint(isShown(c) ? c : ' '));
      }
      String name = shown.toString().strip();
      return new Group(ref, name.isEmpty() ? ref.name() : name);
    }

    private static boolean isShown(int c) {
      return switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.SURROGATE,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.UNASSIGNED ->
            false;
        default -> true;
      };
    }
  }

  /**
   * What a search found.
   *
   * @param groups the best ones first
   * @param truncated whether there are more
   */
  record Found(List<Group> groups, boolean truncated) {
    private static final Pattern SPACE = Pattern.compile("\\s++");

    public Found {
      groups = List.copyOf(groups);
    }

    /**
     * Those among some groups that a text may mean: each of its words stands in the ref or in the
     * display name, whatever the case. First come those whose name or display name begins with the
     * text, then the others, both in the order of their display names.
     *
     * @param text blank finds all
     * @param limit how many at most, not negative
     */
    public static Found among(Collection<Group> groups, String text, int limit) {
      String wanted = folded(text).strip();
      List<String> words = List.of(SPACE.split(wanted));
      List<Ranked> matches =
          groups.stream()
              .map(group -> Ranked.of(group, wanted))
              .filter(match -> words.stream().allMatch(match::has))
              .sorted(Ranked.BEST_FIRST)
              .toList();
      return new Found(
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
      return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }
  }
}
