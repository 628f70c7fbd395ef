package io.accesstokens.testing.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** Performs an operator's tasks with Tomcat's manager application and the JDK's tools. */
public final class TomcatDeployments {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration ENDED = Duration.ofSeconds(60);
  private static final Duration GARBAGE = Duration.ofSeconds(2);
  private static final String LOADER = "org.apache.catalina.loader.ParallelWebappClassLoader";

  private final RunningApplication tomcat;

  /**
   * @param tomcat an instance that {@link TomcatServer} deployed
   */
  public TomcatDeployments(RunningApplication tomcat) {
    this.tomcat = tomcat;
  }

  /** Replaces the deployed application with the WAR, and returns when it has started. */
  public void redeploy() throws IOException, InterruptedException {
    expectOk(deploy("&update=true"));
  }

  /** Deploys the WAR again, and returns the manager's response. */
  public String deploy() throws IOException, InterruptedException {
    return deploy("");
  }

  /** Deploys another WAR than the shipped one, and returns when it has started. */
  public void deploy(byte[] war) throws IOException, InterruptedException {
    expectOk(
        send(
            request("text/deploy?path=" + TomcatServer.CONTEXT_PATH)
                .PUT(BodyPublishers.ofByteArray(war))));
  }

  private String deploy(String more) throws IOException, InterruptedException {
    return send(
        request("text/deploy?path=" + TomcatServer.CONTEXT_PATH + more)
            .PUT(BodyPublishers.ofFile(WarProcess.war())));
  }

  /** Undeploys the application, and returns when it has ended. */
  public void undeploy() throws IOException, InterruptedException {
    expectOk(send(request("text/undeploy?path=" + TomcatServer.CONTEXT_PATH)));
  }

  /**
   * Returns the context paths of stopped applications that are still in memory after a minute.
   *
   * <p>Collects garbage repeatedly while there are any. Objects that finalizers and reference
   * queues release are collected only in the next pass, and ending threads may take a moment.
   */
  public List<String> leaks() throws IOException, InterruptedException {
    long end = System.nanoTime() + ENDED.toNanos();
    List<String> found = findLeaks();
    while (!found.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(GARBAGE.toMillis());
      found = findLeaks();
    }
    return found;
  }

  private List<String> findLeaks() throws IOException, InterruptedException {
    String answer = send(request("text/findleaks?statusLine=true"));
    return answer.startsWith("OK - No memory leaks found")
        ? List.of()
        : answer.lines().skip(1).toList();
  }

  /** Returns an attribute of an MBean. */
  public String attribute(String bean, String attribute) throws IOException, InterruptedException {
    String answer = send(request("jmxproxy/?get=" + encode(bean) + "&att=" + encode(attribute)));
    expectOk(answer);
    return answer.substring(answer.indexOf('=', answer.indexOf("' - ")) + 1).strip();
  }

  /** Returns the used metaspace in bytes. */
  public long metaspace() throws IOException, InterruptedException {
    String answer =
        send(
            request(
                "jmxproxy/?get="
                    + encode("java.lang:type=MemoryPool,name=Metaspace")
                    + "&att=Usage&key=used"));
    expectOk(answer);
    return Long.parseLong(answer.substring(answer.lastIndexOf('=') + 1).strip());
  }

  /** Returns the names of all MBeans. */
  public List<String> beans() throws IOException, InterruptedException {
    String answer = send(request("jmxproxy/?qry=" + encode("*:*")));
    return answer.lines().filter(line -> line.startsWith("Name: ")).toList();
  }

  /**
   * Returns the number of class loaders of web applications in memory, after a full collection.
   * Waits up to a minute for the expected number, because ending threads may take a moment.
   */
  public int classLoaders(int expected) throws IOException, InterruptedException {
    long end = System.nanoTime() + ENDED.toNanos();
    int loaders = loaders();
    while (loaders != expected && System.nanoTime() < end) {
      Thread.sleep(200);
      loaders = loaders();
    }
    return loaders;
  }

  private int loaders() throws IOException, InterruptedException {
    return JavaProcess.instances(tomcat.processId()).getOrDefault(LOADER, 0);
  }

  /** Returns the names of all threads. */
  public List<String> threads() throws IOException, InterruptedException {
    return JavaProcess.threads(tomcat.processId());
  }

  private HttpRequest.Builder request(String path) {
    String credential = TomcatServer.MANAGER + ':' + TomcatServer.MANAGER;
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + tomcat.port() + "/manager/" + path))
        .timeout(TIMEOUT)
        .header(
            "Authorization",
            "Basic "
                + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
  }

  private static void expectOk(String answer) {
    if (!answer.startsWith("OK")) {
      throw new AssertionError(answer);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
