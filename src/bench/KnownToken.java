import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests with a known token at a fixed rate, one after another, and prints the p50, the
 * p99 and the maximum in milliseconds.
 *
 * <p>Times count from when a request was due. Otherwise a stall would appear as a lower request
 * rate.
 */
public final class KnownToken {

  private static final long SECOND = 1_000_000_000;

  private KnownToken() {}

  /** Takes {@code URL TOKEN RATE SECONDS [FILE]}. The program ends early when the file exists. */
  public static void main(String[] arguments) throws IOException {
    URI url = URI.create(arguments[0]);
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(url.getPath(), url.getAuthority(), arguments[1])
            .getBytes(StandardCharsets.US_ASCII);
    long gap = SECOND / Integer.parseInt(arguments[2]);
    long length = Integer.parseInt(arguments[3]) * SECOND;
    Path stop = Path.of(arguments.length > 4 ? arguments[4] : "/nonexistent");
    List<Long> times = new ArrayList<>();
    Socket socket = open(url);
    InputStream in = new BufferedInputStream(socket.getInputStream());
    long start = System.nanoTime();
    for (long due = start; due - start < length && !Files.exists(stop); due += gap) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      socket.getOutputStream().write(request);
      boolean last = read(in);
      times.add(System.nanoTime() - due);
      if (last) {
        socket.close();
        socket = open(url);
        in = new BufferedInputStream(socket.getInputStream());
      }
    }
    socket.close();
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%.2f %.2f %.2f%n",
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 99 / 100] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  private static Socket open(URI url) throws IOException {
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Reads a response. Returns true if the server closes the connection after it. */
  private static boolean read(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IllegalStateException("a known token was answered " + status);
    }
    int length = 0;
    boolean last = false;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
      last |= header.equalsIgnoreCase("connection: close");
    }
    in.skipNBytes(length);
    return last;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server has closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
