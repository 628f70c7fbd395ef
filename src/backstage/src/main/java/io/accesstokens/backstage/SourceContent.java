package io.accesstokens.backstage;

import java.util.List;

/** What the plugin's tables held at one instant. */
public final class SourceContent {

  private final List<SourceToken> tokens;
  private final List<SourceToken.Event> orphans;

  SourceContent(List<SourceToken> tokens, List<SourceToken.Event> orphans) {
    this.tokens = List.copyOf(tokens);
    this.orphans = List.copyOf(orphans);
  }

  /** In the order of their making. */
  List<SourceToken> tokens() {
    return tokens;
  }

  /** Events of tokens that there are not. */
  List<SourceToken.Event> orphans() {
    return orphans;
  }
}
