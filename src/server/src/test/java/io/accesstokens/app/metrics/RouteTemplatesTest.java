package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.ws.rs.Path;
import org.junit.jupiter.api.Test;

class RouteTemplatesTest {

  @Path("things/{id}")
  interface Things {
    @Path("/parts")
    void parts();

    void all();
  }

  private static String template(String method) throws Exception {
    return RouteTemplates.template(
        "/api",
        Things.class.getAnnotation(Path.class),
        Things.class.getDeclaredMethod(method).getAnnotation(Path.class));
  }

  @Test
  void templateJoinsThePathsOfClassAndMethod() throws Exception {
    assertEquals("/api/things/{id}/parts", template("parts"));
    assertEquals("/api/things/{id}", template("all"));
  }
}
