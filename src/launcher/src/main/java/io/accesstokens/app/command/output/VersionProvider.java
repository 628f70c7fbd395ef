package io.accesstokens.app.command.output;

import io.accesstokens.app.ProductVersion;
import picocli.CommandLine.IVersionProvider;

/** Provides the version text that the option {@code --version} prints. */
public final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"access-tokens " + ProductVersion.text()};
  }
}
