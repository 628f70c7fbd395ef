package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.accesstokens.PumpedText.Pump;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks that every regular expression of the product takes linear time and a bounded stack.
 *
 * <p>All patterns of {@code java.util.regex} are static constants, which two tests here enforce.
 * Each is matched against long texts that are derived from its own expression. Work is counted in
 * character reads, which do not depend on the machine.
 */
class InputPatternsTest {

  private static final int SCREENED = 4_000;
  private static final int HALF = 50_000;
  private static final int FULL = 100_000;

  /**
   * Number of texts that are measured at full length: those with the most reads at {@link
   * #SCREENED}.
   */
  private static final int MEASURED = 4;

  /** Maximum factor by which the reads may grow when the length doubles. */
  private static final double MAX_GROWTH = 2.5;

  /** Maximum number of reads below which growth is ignored. */
  private static final long FEW_READS = 20_000;

  /** Stack size of the test: a quarter of that of a server thread. */
  private static final long STACK_BYTES = 256 * 1_024;

  private static final Set<String> SEARCHES =
      Set.of(
          "find", "replaceAll", "replaceFirst", "results", "split", "splitAsStream", "asPredicate");

  private static final Set<String> REGEX_METHODS_OF_STRING =
      Set.of("matches", "replaceAll", "replaceFirst");

  /** Matches a call of {@code String.split} with one literal character. */
  private static final Pattern LITERAL_SPLIT =
      Pattern.compile("\\.split\\(\"(?:[^\\\\\"\\[\\](){}.*+?^$|]|\\\\\\\\[.+]|\\\\n)\"[,)]");

  private static final JavaClasses CLASSES = SourceTree.classes();

  /**
   * Describes a pattern constant.
   *
   * @param searches true if its class looks for matches anywhere in a text
   */
  private record Constant(String name, Pattern pattern, boolean searches) {}

  /** A text and the number of reads that it cost. */
  private record Cost(Pump pump, Consumer<Matcher> use, long reads) {}

  @Test
  void everyPatternIsLinear() throws Exception {
    List<Constant> constants = constants();
    assertTrue(constants.size() > 60, "patterns found: " + constants.size());
    List<String> wrong = new ArrayList<>();
    for (Constant constant : constants) {
      wrong.addAll(faults(constant));
    }
    assertEquals(List.of(), wrong);
  }

  /** Uses expressions that earlier versions had for headers, paths and settings. */
  @Test
  void expensivePatternsAreFound() throws Exception {
    String token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    String value = "(?:" + token + "|\"[^\"]*\")";
    String parameters = "((?:[ \t]*;[ \t]*(?:" + token + "=" + value + ")?)*)";
    String mediaType = "(" + token + ")/(" + token + ")" + parameters;
    assertFault("reads a character", mediaType, false);
    assertFault("overflows the stack", mediaType, false);
    assertFault("reads a character", "^/+|/+$", true);
    assertEquals("[]", faultsOf("^/++|(?<!/)/++\\z", true));
    assertFault("overflows the stack", "(?:a|bc)*", false);
    assertEquals("[]", faultsOf("(?:a|bc)*+", false));
    assertFault("overflows the stack", "[0-9]+(\\.[0-9]+)+", false);
    assertFault("reads a character", "\\s*,\\s*", true);
    assertFault("reads a character", "[a-z]+\\.[a-z]+", true);
    assertEquals("[]", faultsOf("[a-z]++\\.[a-z]++", false));
  }

  private static void assertFault(String fault, String pattern, boolean searched) throws Exception {
    String faults = faultsOf(pattern, searched);
    assertTrue(faults.contains(fault), () -> pattern + ": " + faults);
  }

  @Test
  void patternsAreStaticConstants() {
    Set<String> compiling = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (JavaAccess<?> access : type.getAccessesFromSelf()) {
        boolean compiles =
            access.getTargetOwner().isEquivalentTo(Pattern.class)
                && (access.getName().equals("compile") || access.getName().equals("matches"));
        if (compiles && !access.getOrigin().getName().equals("<clinit>")) {
          compiling.add(type.getName());
        }
      }
    }
    assertEquals(Set.of(), compiling);
  }

  @Test
  void stringsAreNotMatchedByHiddenPatterns() throws IOException {
    Map<String, Integer> splits = new TreeMap<>();
    Set<String> hidden = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (JavaAccess<?> access : type.getAccessesFromSelf()) {
        if (access.getTargetOwner().isEquivalentTo(String.class)) {
          if (REGEX_METHODS_OF_STRING.contains(access.getName())) {
            hidden.add(access.getDescription());
          } else if (access.getName().equals("split")) {
            splits.merge(topLevel(type), 1, Integer::sum);
          }
        }
      }
    }
    assertEquals(Set.of(), hidden, "use a constant");
    for (Map.Entry<String, Integer> entry : splits.entrySet()) {
      String source = Files.readString(SourceTree.source(entry.getKey()));
      long literal = LITERAL_SPLIT.matcher(source).results().count();
      assertEquals(
          entry.getValue().longValue(),
          literal,
          entry.getKey() + " splits by something else than one literal character");
    }
  }

  private static String topLevel(JavaClass type) {
    int nested = type.getName().indexOf('$');
    return nested < 0 ? type.getName() : type.getName().substring(0, nested);
  }

  private static List<Constant> constants() throws ReflectiveOperationException {
    Set<String> searching = new HashSet<>();
    for (JavaClass type : CLASSES) {
      for (JavaAccess<?> access : type.getAccessesFromSelf()) {
        JavaClass owner = access.getTargetOwner();
        boolean regex = owner.isEquivalentTo(Pattern.class) || owner.isEquivalentTo(Matcher.class);
        if (regex && SEARCHES.contains(access.getName())) {
          searching.add(topLevel(type));
        }
      }
    }
    List<Constant> constants = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      // Reads the fields from the class file first, because not every class can be initialized
      // here.
      boolean has =
          type.getFields().stream()
              .anyMatch(field -> field.getRawType().isEquivalentTo(Pattern.class));
      if (has) {
        for (Field field : Class.forName(type.getName()).getDeclaredFields()) {
          if (field.getType() == Pattern.class && Modifier.isStatic(field.getModifiers())) {
            field.setAccessible(true);
            constants.add(
                new Constant(
                    type.getSimpleName() + '.' + field.getName(),
                    (Pattern) field.get(null),
                    searching.contains(topLevel(type))));
          }
        }
      }
    }
    return constants;
  }

  private static String faultsOf(String expression, boolean searches) throws Exception {
    return faults(new Constant("it", Pattern.compile(expression), searches)).toString();
  }

  private static List<String> faults(Constant constant) throws InterruptedException {
    List<String> faults = new ArrayList<>();
    // The number of reads is bounded, so the thread needs no interrupt.
    Thread thread =
        new Thread(null, () -> collectFaults(constant, faults), constant.name(), STACK_BYTES);
    thread.start();
    thread.join();
    return faults;
  }

  private static void collectFaults(Constant constant, List<String> faults) {
    List<Consumer<Matcher>> uses = new ArrayList<>(List.of(Matcher::matches));
    if (constant.searches()) {
      uses.add(InputPatternsTest::findAll);
    }
    for (Consumer<Matcher> use : uses) {
      List<Cost> costs = new ArrayList<>();
      for (Pump pump : PumpedText.pumps(constant.pattern())) {
        long reads = reads(constant, pump, use, SCREENED, faults);
        costs.add(new Cost(pump, use, reads));
      }
      costs.sort(Comparator.comparingLong(Cost::reads).reversed());
      // Texts with the same repeated part cost the same, so only one of them is measured.
      Set<String> seen = new HashSet<>();
      for (Cost cost : costs) {
        if (seen.size() < MEASURED && seen.add(cost.pump().repeated())) {
          long half = reads(constant, cost.pump(), use, HALF, faults);
          long full = reads(constant, cost.pump(), use, FULL, faults);
          if (full > FEW_READS && full > MAX_GROWTH * half) {
            faults.add(fault(constant, cost.pump(), half + " reads grow to " + full));
          }
        }
      }
    }
  }

  private static void findAll(Matcher matcher) {
    while (matcher.find()) {
      matcher.end();
    }
  }

  private static long reads(
      Constant constant, Pump pump, Consumer<Matcher> use, int length, List<String> faults) {
    PumpedText text = new PumpedText(pump, length);
    try {
      use.accept(constant.pattern().matcher(text));
    } catch (StackOverflowError e) {
      add(faults, fault(constant, pump, "overflows the stack at " + length));
    } catch (PumpedText.TooManyReadsException e) {
      add(
          faults,
          fault(constant, pump, "more than " + PumpedText.MAX_READS + " reads a character"));
    }
    return text.reads();
  }

  /** Adds a fault, unless one of the same kind is known. */
  private static void add(List<String> faults, String fault) {
    String kind = fault.substring(fault.lastIndexOf(':'));
    if (faults.stream().noneMatch(known -> known.endsWith(kind))) {
      faults.add(fault);
    }
  }

  private static String fault(Constant constant, Pump pump, String what) {
    return constant.name() + " with " + pump + ": " + what;
  }
}
