package io.accesstokens.backstage;

import java.util.List;

/** The content of the plugin's tables at one instant. */
public final class SourceContent {

  private final List<SourceToken> tokens;
  private final List<SourceToken.Event> orphans;

  SourceContent(List<SourceToken> tokens, List<SourceToken.Event> orphans) {
    this.tokens = List.copyOf(tokens);
    this.orphans = List.copyOf(orphans);
  }

  /** Returns all tokens in the order of their creation. */
  List<SourceToken> tokens() {
    return tokens;
  }

  /** Returns the audit events whose tokens do not exist. */
  List<SourceToken.Event> orphans() {
    return orphans;
  }
}
