package io.accesstokens.app.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A page or asset in memory, both in plain form and in compressed form. */
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

  /** Returns the value of the {@code Content-Type} header. */
  String contentType() {
    return contentType;
  }

  /**
   * Returns the content of this file. The caller must not modify the returned array.
   *
   * @param gzip true for the content compressed by gzip (RFC 1952)
   */
  byte[] content(boolean gzip) {
    return gzip ? compressed : content;
  }

  /** Returns the hash of the content. The hash consists of letters and digits. */
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
      throw new IllegalStateException("a page file cannot be compressed in memory", e);
    }
    return out.toByteArray();
  }

  /** Compresses with the highest compression level. Each file is compressed only once. */
  private static final class Gzip extends GZIPOutputStream {

    Gzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
