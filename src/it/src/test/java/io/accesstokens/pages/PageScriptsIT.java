package io.accesstokens.pages;

import io.accesstokens.testing.program.NodeClients;
import org.junit.jupiter.api.Test;

/** Tests the scripts of the pages without a browser. */
class PageScriptsIT {

  @Test
  void typesOfJsDocCommentsAreRight() throws Exception {
    NodeClients.checkTypesOfPages();
  }
}
