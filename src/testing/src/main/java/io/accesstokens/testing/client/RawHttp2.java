package io.accesstokens.testing.client;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Sends requests over HTTP/2 without TLS (RFC 9113), including requests that no HTTP client sends.
 */
public final class RawHttp2 {

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int ACKNOWLEDGED = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int REQUEST_STREAM = 1;

  private RawHttp2() {}

  /**
   * Sends a request on a new connection, and returns when the server ends the stream.
   *
   * @param headers the header fields in their order, with the pseudo-header fields first. No name
   *     or value has more than 126 characters
   * @param body the body; this method adds no header field for its length
   */
  public static void send(int port, List<Map.Entry<String, String>> headers, String body) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      ByteArrayOutputStream fields = new ByteArrayOutputStream();
      for (Map.Entry<String, String> header : headers) {
        fields.write(0x10); // a literal with a new name, which is never indexed (RFC 7541, 6.2.3)
        writeText(fields, header.getKey());
        writeText(fields, header.getValue());
      }
      out.writeBytes(PREFACE);
      writeFrame(out, SETTINGS, 0, 0, new byte[0]);
      writeFrame(out, HEADERS, END_HEADERS, REQUEST_STREAM, fields.toByteArray());
      byte[] data = body.getBytes(StandardCharsets.ISO_8859_1);
      writeFrame(out, DATA, END_STREAM, REQUEST_STREAM, data);
      awaitEnd(new DataInputStream(socket.getInputStream()), out);
    } catch (EOFException e) {
      // The server has closed the connection, which also ends the stream.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeText(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length > 126) {
      throw new IllegalArgumentException("longer than 126 characters: " + text);
    }
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeFrame(
      DataOutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private static void awaitEnd(DataInputStream in, DataOutputStream out) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      in.readFully(new byte[length]);
      if (type == SETTINGS && (flags & ACKNOWLEDGED) == 0) {
        writeFrame(out, SETTINGS, ACKNOWLEDGED, 0, new byte[0]);
      }
      boolean last = (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
      if (type == GOAWAY || (stream == REQUEST_STREAM && (last || type == RST_STREAM))) {
        return;
      }
    }
  }
}
