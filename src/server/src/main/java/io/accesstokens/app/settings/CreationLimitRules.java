package io.accesstokens.app.settings;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import io.accesstokens.token.policy.CreationLimit.Owners;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Validates the settings that limit new tokens.
 *
 * <p>Patterns are RE2 patterns. The time of a search with an RE2 pattern is proportional to the
 * length of the text. With a pattern of the JDK, a search in a text of 500 characters can take
 * unlimited time.
 */
final class CreationLimitRules {

  private static final int MAX_PATTERN = 500;
  private static final int MAX_HINT = 200;

  /**
   * Matches a repetition in a pattern. Capturing group 1 is a closing parenthesis if the repetition
   * applies to an expression in parentheses. Group 2 is the minimum number of repetitions, and
   * group 3 is the maximum number.
   */
  private static final java.util.regex.Pattern REPETITION =
      java.util.regex.Pattern.compile("(\\))?\\{([0-9]{1,4})(?:,([0-9]{0,4}))?}");

  /**
   * Maximum length of a pattern after the expansion of its repetitions, in characters. Each
   * character uses a few dozen bytes during compilation.
   */
  private static final double MAX_EXPANDED = 1e6;

  /**
   * Maximum number of instructions of a compiled pattern. The time of a search is proportional to
   * the number of instructions and to the length of the text.
   */
  private static final int MAX_PROGRAM = 2_000;

  private final Settings settings;
  private final Sources sources;
  private final EntityRefs refs;
  private final ScopeCatalog scopeCatalog;

  CreationLimitRules(Settings settings, Sources sources, ScopeCatalog scopeCatalog) {
    this.settings = settings;
    this.sources = sources;
    this.refs = new EntityRefs(settings, sources);
    this.scopeCatalog = scopeCatalog;
  }

  List<CreationLimit> limits() {
    List<PolicySettings.Limit> configured = settings.policy().limits();
    List<CreationLimit> limits = new ArrayList<>();
    for (int i = 0; i < configured.size(); i++) {
      limits.add(limit(key(i), configured.get(i)));
    }
    checkOnePatternEach(limits);
    return limits;
  }

  private static String key(int i) {
    return "policy.limits[" + i + ']';
  }

  private CreationLimit limit(String key, PolicySettings.Limit configured) {
    if (configured.maxLifetimeDays().isEmpty()
        && configured.allowedScopes().isEmpty()
        && configured.maxLiveTokensPerGroup().isEmpty()
        && configured.maxLiveTokensPerUser().isEmpty()
        && configured.descriptionPattern().isEmpty()
        && sources.isClean(key)) {
      sources.reportError(key, "must have a limit, e.g. maxLifetimeDays or allowedScopes");
    }
    int most = settings.service().maxTokenLifetimeDays();
    if (configured.maxLifetimeDays().orElse(1) > most) {
      sources.reportError(
          key + ".maxLifetimeDays",
          "must be at most " + most + ", the value of accessTokens.service.maxTokenLifetimeDays");
    }
    return new CreationLimit(
        owners(key, configured),
        configured.maxLifetimeDays(),
        allowedScopes(key + ".allowedScopes", configured.allowedScopes()),
        configured.maxLiveTokensPerGroup(),
        configured.maxLiveTokensPerUser(),
        description(key, configured));
  }

  private Owners owners(String key, PolicySettings.Limit configured) {
    if (configured.groups().isPresent() && configured.exceptGroups().isPresent()) {
      sources.reportError(key + ".exceptGroups", "must not be set together with groups");
    }
    return configured.groups().isPresent()
        ? new Owners(false, refs.groups(key + ".groups", configured.groups()))
        : new Owners(true, refs.groups(key + ".exceptGroups", configured.exceptGroups()));
  }

  private @Nullable Set<String> allowedScopes(String key, Optional<List<String>> ids) {
    if (ids.isEmpty()) {
      return null;
    }
    Set<String> scopes = new HashSet<>();
    List<String> configured = Sources.stripped(ids);
    for (int i = 0; i < configured.size(); i++) {
      if (scopeCatalog.contains(configured.get(i))) {
        scopes.add(configured.get(i));
      } else if (sources.isClean("service.scopes")) {
        sources.reportError(key + '[' + i + ']', "must be the id of a scope in the scope catalog");
      }
    }
    return scopes;
  }

  private @Nullable DescriptionRule description(String key, PolicySettings.Limit configured) {
    Optional<String> hint = configured.descriptionHint();
    if (hint.isPresent() && hint.get().codePointCount(0, hint.get().length()) > MAX_HINT) {
      sources.reportError(
          key + ".descriptionHint", "must have at most " + MAX_HINT + " characters");
    }
    if (configured.descriptionPattern().isEmpty()) {
      if (hint.isPresent()) {
        sources.reportError(key + ".descriptionHint", "must not be set without descriptionPattern");
      }
      return null;
    }
    String text = configured.descriptionPattern().get();
    Pattern pattern = compiled(key + ".descriptionPattern", text);
    if (pattern == null) {
      return null;
    }
    return new DescriptionRule(
        text,
        hint.orElse("must match the pattern that is configured for the group"),
        description -> pattern.matcher(description).find());
  }

  private @Nullable Pattern compiled(String key, String text) {
    if (text.length() > MAX_PATTERN) {
      sources.reportError(key, "must have at most " + MAX_PATTERN + " characters");
      return null;
    }
    try {
      Pattern pattern = expandedLength(text) <= MAX_EXPANDED ? Pattern.compile(text) : null;
      if (pattern != null && pattern.programSize() <= MAX_PROGRAM) {
        return pattern;
      }
      sources.reportError(key, "must be simpler: with its repetitions, it is too long");
    } catch (PatternSyntaxException e) {
      // The description of the exception contains no part of the pattern.
      sources.reportError(
          key, "must be a regular expression in the syntax of RE2: " + e.getDescription());
    }
    return null;
  }

  /**
   * Returns an upper bound for the length of a pattern after the expansion of its repetitions, in
   * characters.
   *
   * <p>The RE2 compiler expands repetitions before it checks the size of the program. Therefore
   * nested repetitions can use all memory.
   */
  private static double expandedLength(String text) {
    double ofCharacters = 1;
    double ofGroups = 1;
    Matcher repetition = REPETITION.matcher(text);
    while (repetition.find()) {
      String most = repetition.group(3);
      boolean open = most == null || most.isEmpty();
      int times = Math.max(1, Integer.parseInt(open ? repetition.group(2) : most));
      if (repetition.group(1) == null) {
        ofCharacters = Math.max(ofCharacters, times);
      } else {
        ofGroups *= times;
      }
    }
    return text.length() * ofCharacters * ofGroups;
  }

  /**
   * Reports an error if several description patterns apply to one group. A page can show only one
   * description pattern for a group.
   */
  private void checkOnePatternEach(List<CreationLimit> limits) {
    for (int i = 0; i < limits.size(); i++) {
      for (int j = 0; j < i; j++) {
        CreationLimit one = limits.get(i);
        CreationLimit other = limits.get(j);
        if (one.description() != null
            && other.description() != null
            && one.owners().overlap(other.owners())) {
          sources.reportError(
              key(i) + ".descriptionPattern",
              "must not apply to the same groups as "
                  + Settings.PREFIX
                  + '.'
                  + key(j)
                  + ".descriptionPattern");
        }
      }
    }
  }
}
