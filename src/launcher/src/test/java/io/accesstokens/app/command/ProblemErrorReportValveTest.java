package io.accesstokens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemErrorReportValveTest {

  private final Tomcat tomcat = new Tomcat();

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void requestAfterAFailedStartGets503(@TempDir Path directory) throws Exception {
    Context context = context(directory);
    context.addServletContainerInitializer(
        (classes, servletContext) -> {
          throw new ServletException("the start is refused");
        },
        null);
    HttpResponse<String> response = get();
    assertEquals(503, response.statusCode());
    assertEquals(Optional.of("1"), response.headers().firstValue("Retry-After"));
    assertTrue(response.body().contains("\"status\":503"), response::body);
  }

  @Test
  void unknownPathOfARunningApplicationIs404(@TempDir Path directory) throws Exception {
    context(directory);
    HttpResponse<String> response = get();
    assertEquals(404, response.statusCode());
    assertEquals(Optional.empty(), response.headers().firstValue("Retry-After"));
    assertTrue(response.body().contains("\"status\":404"), response::body);
  }

  private Context context(Path directory) {
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    StandardHost host = (StandardHost) tomcat.getHost();
    host.setErrorReportValveClass("");
    host.getPipeline().addValve(new ProblemErrorReportValve());
    return tomcat.addContext("", directory.toString());
  }

  private HttpResponse<String> get() throws Exception {
    tomcat.getConnector();
    tomcat.start();
    URI path =
        URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/unknown/path");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(path).timeout(Duration.ofMinutes(1)).build(),
            BodyHandlers.ofString());
  }
}
