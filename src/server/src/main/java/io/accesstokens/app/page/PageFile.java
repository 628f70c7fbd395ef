package io.accesstokens.app.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A file as it is sent. */
final class PageFile {

  private final String contentType;
  private final byte[] content;
  private final byte[] compressed;
  private final String hash;

  private PageFile(String contentType, byte[] content) {
    this.contentType = contentType;
    this.content = content;
    this.compressed = compress(content);
    this.hash = ContentHash.of(content);
  }

  static PageFile of(String name, byte[] content) {
    return new PageFile(contentType(name), content);
  }

  /** The value of the header. */
  String contentType() {
    return contentType;
  }

  /** Its content, by gzip (RFC 1952) if so wished; not to be changed. */
  byte[] content(boolean gzip) {
    return gzip ? compressed : content;
  }

  /** Of its content: letters and digits. */
  String hash() {
    return hash;
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new IllegalArgumentException("no content type is known for " + name);
    };
  }

  private static byte[] compress(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Gzip gzip = new Gzip(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new IllegalStateException("a stream in memory does not fail", e);
    }
    return out.toByteArray();
  }

  /** As small as can be: it is done once. */
  private static final class Gzip extends GZIPOutputStream {

    Gzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
