package io.accesstokens.app.command;

import io.accesstokens.app.ProductVersion;
import picocli.CommandLine.IVersionProvider;

/** Prints the version for {@code --version}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"access-tokens " + ProductVersion.text()};
  }
}
