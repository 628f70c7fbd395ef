package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the code blocks of the documents. An HTML comment before a block names the block. */
final class CodeBlocks {

  private CodeBlocks() {}

  /** Returns the code block with this name, without the indentation of the whole block. */
  static String named(Path page, String name) throws IOException {
    return matching(page, Pattern.quote(name), "\\w+").stripIndent();
  }

  /**
   * Returns the first code block that matches.
   *
   * @param name a regular expression for the name of the block
   * @param language a regular expression for the language of the block
   */
  static String matching(Path page, String name, String language) throws IOException {
    Matcher block =
        Pattern.compile("<!-- " + name + " -->\\s*```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(page));
    assertTrue(block.find(), () -> page + " has no block " + name);
    return block.group(1);
  }
}
