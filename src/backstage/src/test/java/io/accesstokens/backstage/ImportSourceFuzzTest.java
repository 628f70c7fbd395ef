package io.accesstokens.backstage;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.line;
import static io.accesstokens.testing.FuzzInput.lines;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes rows of the plugin's database. The first lines of the input are the columns of a token.
 * The next lines are the columns of an event.
 */
class ImportSourceFuzzTest {

  private static final int COLUMNS = SourceToken.COLUMNS.size();
  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

  private static final Set<AuditEvent.Type> PLUGIN_EVENTS =
      Set.of(AuditEvent.Type.CREATED, AuditEvent.Type.REVOKED);

  private static final class Groups implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return group.name().equals("platform");
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of();
    }
  }

  @FuzzTest
  @DictionaryEntries({
    "00000000-0000-0000-0000-000000000000",
    "[\"catalog:read\"]",
    "{\"reason\":\"a\"}",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01 00:00:00+00",
    "1767225600000",
    "group:default/platform",
    "user:default/dave",
    "bsat_abcdefg",
    "created",
    "revoked",
    "jdbc:postgresql://h/d",
    "jdbc:sqlite:",
    "jdbc:mysql://",
    "0000000000000000000000000000000000000000000000000000000000000000"
  })
  void rows(byte[] input) {
    List<String> lines = lines(input);
    for (String line : lines) {
      url(line);
      values(line);
    }
    row(lines);
  }

  private static void url(String text) {
    try {
      SourceUrl url = SourceUrl.parse(text);
      same(
          "the URL that its text means",
          url.forDriver(),
          SourceUrl.parse(url.forDriver()).forDriver());
      holds("no parameters are shown", url.toString().chars().noneMatch(c -> c == '?' || c == ';'));
    } catch (SourceRefusedException e) {
      holds("one line", String.valueOf(e.getMessage()).indexOf('\n') < 0);
    }
  }

  private static void values(String text) {
    SourceInstants.read(text)
        .ifPresent(
            instant -> {
              holds("from 2000 to 9999", !instant.isBefore(FIRST) && instant.isBefore(END));
              same("to the millisecond", instant.truncatedTo(ChronoUnit.MILLIS), instant);
              same(
                  "the instant that its text means",
                  instant,
                  SourceInstants.read(instant.toString()).orElse(null));
            });
    SourceText.uuid(text)
        .ifPresent(id -> holds("the id", id.toString().equalsIgnoreCase(text.strip())));
    SourceText.list(text).ifPresent(list -> holds("no null in a list", !list.contains(null)));
    SourceText.map(text)
        .ifPresent(
            map ->
                map.values().forEach(value -> holds("a storable value", value.indexOf('\0') < 0)));
  }

  private static void row(List<String> lines) {
    @Nullable String[] values = new @Nullable String[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      values[i] = i < lines.size() && !lines.get(i).equals("-") ? lines.get(i) : null;
    }
    List<SourceToken.Event> events =
        lines.size() <= COLUMNS
            ? List.of()
            : List.of(
                new SourceToken.Event(
                    line(lines, COLUMNS),
                    values[0],
                    line(lines, COLUMNS + 1),
                    line(lines, COLUMNS + 2),
                    line(lines, COLUMNS + 3),
                    line(lines, COLUMNS + 4)));
    TokenReader reader =
        new TokenReader(
            ScopeCatalog.defaults(),
            new KnownGroups(new Groups()),
            Duration.ofDays(365),
            "bsat_",
            Instant.parse("2026-11-24T17:21:46Z"));
    TokenRow result = reader.read(new SourceToken(values, events));
    if (result instanceof TokenRow.Invalid invalid) {
      holds("a reason", !invalid.reasons().isEmpty());
      for (String reason : invalid.reasons()) {
        holds("one line: " + reason, reason.chars().noneMatch(Character::isISOControl));
      }
    } else if (result instanceof TokenRow.Valid valid) {
      for (String remark : valid.remarks()) {
        holds("one line: " + remark, remark.chars().noneMatch(Character::isISOControl));
      }
      for (AuditEvent event : valid.item().events()) {
        holds("an event of the plugin: " + event.type(), PLUGIN_EVENTS.contains(event.type()));
      }
    }
  }
}
