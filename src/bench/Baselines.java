import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/**
 * Serves two baselines for verification benchmarks on the WAR's embedded Tomcat and Jersey.
 *
 * <ul>
 *   <li>{@code /bare} is a servlet that writes 300 constant bytes.
 *   <li>{@code /rest/constant} is a Jakarta REST resource that returns the same bytes.
 * </ul>
 *
 * <p>Both are public. The program prints its address and runs until it is killed.
 */
public class Baselines {

  private static final byte[] BYTES = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("baselines").toString());
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    tomcat.setConnector(connector);
    StandardContext context = (StandardContext) tomcat.addContext("", null);
    Tomcat.addServlet(context, "bare", new Bare());
    context.addServletMappingDecoded("/bare", "bare");
    ResourceConfig application = new ResourceConfig(Constant.class);
    application.property("jersey.config.server.wadl.disableWadl", true);
    Tomcat.addServlet(context, "rest", new ServletContainer(application)).setLoadOnStartup(1);
    context.addServletMappingDecoded("/rest/*", "rest");
    tomcat.start();
    System.out.println("http://127.0.0.1:" + connector.getLocalPort());
    tomcat.getServer().await();
  }

  /** Writes the constant response and does nothing else. */
  static class Bare extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      try {
        response.setContentType("application/json");
        response.setContentLength(BYTES.length);
        response.getOutputStream().write(BYTES);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Measures the cost of Jakarta REST alone. */
  @Path("constant")
  public static class Constant {
    @GET
    @Produces("application/json")
    public byte[] get() {
      return BYTES;
    }
  }
}
