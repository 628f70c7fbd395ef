package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenResourcesTest {

  @Test
  void failureToCloseAResourceDoesNotSkipTheOthers() {
    OpenResources resources = new OpenResources();
    List<String> closed = new ArrayList<>();
    resources.onClose(() -> closed.add("first"));
    resources.onClose(
        () -> {
          throw new IllegalStateException("already closed");
        });
    resources.onClose(
        () -> {
          throw new NoClassDefFoundError("unloaded");
        });
    resources.onClose(() -> closed.add("last"));
    resources.closeAction().run();
    assertEquals(List.of("last", "first"), closed);
  }
}
