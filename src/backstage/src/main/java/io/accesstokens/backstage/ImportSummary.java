package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The result of an import: the counts, the refused tokens, and the notes for the operator. */
public final class ImportSummary {

  private final List<String> refusals = new ArrayList<>();
  private final Map<String, Integer> remarks = new LinkedHashMap<>();
  private int tokensRead;
  private int imported;
  private int alreadyThere;
  private int updated;
  private int refused;
  private int events;
  private int refusedEvents;

  ImportSummary() {}

  void setTokensRead(int tokens) {
    tokensRead = tokens;
  }

  void addResult(TokenImport.Result result) {
    switch (result.outcome()) {
      case ADDED -> imported++;
      case UPDATED -> updated++;
      case UNCHANGED -> alreadyThere++;
      case NAME_TAKEN, DIGEST_TAKEN, ID_TAKEN, EVENT_ID_TAKEN ->
          throw new IllegalArgumentException(
              "the outcome must be ADDED, UPDATED or UNCHANGED, but is " + result.outcome());
    }
    events += result.events();
  }

  void addRefusal(String label, List<String> reasons) {
    refused++;
    refusals.add("refused: " + label + ": " + String.join("; ", reasons));
  }

  void addRefusedEvent(String line) {
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

  /** Returns the refused tokens and events, each with its reason. */
  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  /** Returns the notes for the operator. */
  public List<String> notes() {
    return remarks.entrySet().stream()
        .map(
            remark ->
                remark.getKey()
                    + (remark.getValue() == 1
                        ? " (1 token)"
                        : " (" + remark.getValue() + " tokens)"))
        .toList();
  }

  /** Returns the counts of tokens and audit events by their stable names, in a fixed order. */
  public Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("tokensRead", tokensRead);
    counts.put("tokensImported", imported);
    counts.put("tokensAlreadyThere", alreadyThere);
    counts.put("tokensUpdated", updated);
    counts.put("tokensRefused", refused);
    counts.put("auditEventsAdded", events);
    counts.put("auditEventsRefused", refusedEvents);
    return counts;
  }

  /** Returns the lines for the operator: refused tokens and events, then notes, then the counts. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(refusals);
    notes().forEach(note -> lines.add("note: " + note));
    lines.add("tokens read:          " + tokensRead);
    lines.add("tokens imported:      " + imported);
    lines.add("tokens already there: " + alreadyThere);
    lines.add("tokens updated:       " + updated);
    lines.add("tokens refused:       " + refused);
    lines.add("audit events added:   " + events);
    lines.add("audit events refused: " + refusedEvents);
    return lines;
  }
}
