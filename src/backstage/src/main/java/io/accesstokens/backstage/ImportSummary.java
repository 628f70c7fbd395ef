package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.token.audit.AuditEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The result of an import: the counts, the refused tokens, and the notes for the operator. */
public final class ImportSummary {

  private final List<String> refusals = new ArrayList<>();
  private final Map<String, Integer> remarks = new LinkedHashMap<>();
  private final List<AuditEvent> recorded = new ArrayList<>();
  private int read;
  private int imported;
  private int alreadyThere;
  private int updated;
  private int refused;
  private int events;
  private int refusedEvents;

  ImportSummary() {}

  void read(int tokens) {
    read = tokens;
  }

  void carriedOver(TokenImport.Result result) {
    switch (result.outcome()) {
      case ADDED -> imported++;
      case UPDATED -> updated++;
      case UNCHANGED -> alreadyThere++;
      case NAME_TAKEN, DIGEST_TAKEN, ID_TAKEN, EVENT_ID_TAKEN ->
          throw new IllegalArgumentException("refused");
    }
    events += result.events();
    if (result.recorded() != null) {
      recorded.add(result.recorded());
    }
  }

  void refused(String label, List<String> reasons) {
    refused++;
    refusals.add("refused: " + label + ": " + String.join("; ", reasons));
  }

  void refusedEvent(String line) {
    refusedEvents++;
    refusals.add("left out: " + line);
  }

  void remark(String remark) {
    remarks.merge(remark, 1, Integer::sum);
  }

  /** Returns true if at least one token or event could not be imported. */
  public boolean hasRefusals() {
    return !refusals.isEmpty();
  }

  /**
   * Returns the audit events of type {@code imported} that this import has written, for the log.
   */
  public List<AuditEvent> recorded() {
    return List.copyOf(recorded);
  }

  /** Returns the lines for the operator: refused tokens and events, then notes, then the counts. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(refusals);
    remarks.forEach(
        (remark, times) ->
            lines.add("note: " + remark + (times == 1 ? " (1 token)" : " (" + times + " tokens)")));
    lines.add("tokens read:          " + read);
    lines.add("tokens imported:      " + imported);
    lines.add("tokens already there: " + alreadyThere);
    lines.add("tokens updated:       " + updated);
    lines.add("tokens refused:       " + refused);
    lines.add("audit events added:   " + events);
    lines.add("audit events refused: " + refusedEvents);
    return lines;
  }
}
