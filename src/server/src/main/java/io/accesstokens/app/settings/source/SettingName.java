package io.accesstokens.app.settings.source;

/** Gives the constants of an enum their own names in settings. */
@FunctionalInterface
public interface SettingName {

  /** Returns the name of this constant in settings. */
  String settingName();
}
