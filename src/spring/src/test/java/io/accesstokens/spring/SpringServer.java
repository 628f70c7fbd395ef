package io.accesstokens.spring;

import io.accesstokens.testing.client.Api;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** A Spring Boot application on a free loopback port. */
record SpringServer(ServletWebServerApplicationContext context) implements AutoCloseable {

  /**
   * Starts an application.
   *
   * @param properties settings in the form {@code name=value}
   */
  static SpringServer start(Class<?> application, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("server.address=127.0.0.1");
    all.add("server.port=0");
    all.add("spring.main.banner-mode=off");
    return new SpringServer(
        (ServletWebServerApplicationContext)
            new SpringApplicationBuilder(application)
                .web(WebApplicationType.SERVLET)
                .properties(all.toArray(String[]::new))
                .run());
  }

  /** Returns a client without credentials. */
  Api api() {
    return Api.at(URI.create("http://127.0.0.1:" + context.getWebServer().getPort()));
  }

  @Override
  public void close() {
    context.close();
  }
}
