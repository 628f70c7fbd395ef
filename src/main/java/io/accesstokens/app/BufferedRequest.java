package io.accesstokens.app;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request whose body is in memory. */
final class BufferedRequest extends HttpServletRequestWrapper {

  private final ServletInputStream stream;

  BufferedRequest(HttpServletRequest request, BodyBuffer body) {
    super(request);
    stream = 
        new Stream(
            new ByteArrayInputStream(body.array(), 0, body.length()), body.failure());
  }

  @Override
  public ServletInputStream getInputStream() {
    return stream;
  }

  @Override
  public BufferedReader getReader() {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private static final class Stream extends ServletInputStream {

    private final ByteArrayInputStream bytes;

    private final @Nullable IOException failure;

    private Stream(ByteArrayInputStream bytes, @Nullable IOException failure) {
      this.bytes = bytes;
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      return orFailure(bytes.read());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return orFailure(bytes.read(target, offset, length));
    }

    private int orFailure(int read) throws IOException {
      if (read < 0 && failure != null) {
        throw new IOException("the body is malformed or incomplete", failure);
      }
      return read;
    }

    @Override
    public int available() {
      return bytes.available();
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("the body has been read already");
    }
  }
}
