package io.accesstokens.app.command;

import io.accesstokens.app.ProductVersion;
import picocli.CommandLine.IVersionProvider;

/** Provides the version text that the option {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"access-tokens " + ProductVersion.text()};
  }
}
