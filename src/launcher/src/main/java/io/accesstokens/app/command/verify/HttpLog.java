package io.accesstokens.app.command.verify;

import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the transparency log of a running service over HTTP. Does not follow redirects. */
final class HttpLog implements LogFiles {

  /** Maximum wait for a connection, and for the head of a response. */
  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(30);

  /** Maximum time for a complete response. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final URI base;
  private final @Nullable String authorization;
  private final Duration timeout;
  private final BoundedHttpClient client =
      new BoundedHttpClient(
          HttpClient.newBuilder().connectTimeout(HEAD_TIMEOUT), EntryBundle.MAX_BYTES);

  /**
   * Creates an instance that reads the log at a URL.
   *
   * @param base the URL of the log, with a slash at its end
   * @param authorization the value of the header Authorization; null without a credential
   */
  HttpLog(URI base, @Nullable String authorization) {
    this(base, authorization, TIMEOUT);
  }

  HttpLog(URI base, @Nullable String authorization, Duration timeout) {
    this.base = base;
    this.authorization = authorization;
    this.timeout = timeout;
  }

  @Override
  public byte[] checkpoint() {
    return content("checkpoint", MAX_NOTE_BYTES);
  }

  @Override
  public List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses) {
    List<byte[]> notes = new ArrayList<>();
    for (VerifierKey witness : witnesses) {
      String key = URLEncoder.encode(witness.toString(), StandardCharsets.UTF_8);
      try {
        notes.add(content("cosigned-checkpoint?witness=" + key, MAX_NOTE_BYTES));
      } catch (LogFormatException e) {
        notes.add(checkpoint()); // the service has no checkpoint of this witness
      }
    }
    return notes;
  }

  @Override
  public List<String> keys() {
    return new String(content("key", MAX_NOTE_BYTES), StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public byte[] read(Tile tile) {
    return content(
        tile.path(),
        tile.hasEntries() ? EntryBundle.MAX_BYTES : Tile.FULL_WIDTH * MerkleHash.BYTES);
  }

  private byte[] content(String path, int most) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(HEAD_TIMEOUT);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<byte[]> response = client.send(request.build(), timeout);
      if (response.statusCode() != 200) {
        throw new LogFormatException(
            path + ": the response has the status " + response.statusCode());
      }
      if (response.body().length > most) {
        throw new LogFormatException(path + " is too long");
      }
      return response.body();
    } catch (BoundedHttpClient.TooLongException e) {
      throw new LogFormatException(path + " is too long");
    } catch (IOException e) {
      throw new UncheckedIOException(
          base.getAuthority()
              + " does not respond"
              + (e.getMessage() == null ? "" : ": " + e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException("interrupted", new IOException(e));
    }
  }
}
