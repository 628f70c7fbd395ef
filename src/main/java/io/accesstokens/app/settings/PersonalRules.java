package io.accesstokens.app.settings;

import io.accesstokens.token.IssuePolicy;
import io.accesstokens.token.MintPolicy;

/** The same as {@link SettingsRules}, for the settings of personal tokens. */
final class PersonalRules {

  private static final String DEFAULT = "personal.defaultExpiryDays";

  private final Settings settings;
  private final Sources sources;

  PersonalRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  /**
   * @param service what service tokens may look like
   */
  MintPolicy mintPolicy(IssuePolicy service) {
    Settings.Personal personal = settings.personal();
    int max = personal.maxExpiryDays();
    int usual = personal.defaultExpiryDays();
    if (usual > max) {
      if (sources.isGiven(DEFAULT) && sources.isClean("personal.maxExpiryDays")) {
        sources.complain(
            DEFAULT,
            "must be at most " + max + ", the value of accessTokens.personal.maxExpiryDays");
      }
      usual = max;
    }
    return MintPolicy.of(service, max, usual, personal.maxLiveTokens());
  }
}
