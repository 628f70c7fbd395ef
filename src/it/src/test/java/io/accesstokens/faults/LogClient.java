package io.accesstokens.faults;

import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.testing.client.KeepAliveClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Reads the transparency log at one replica, as an auditor. */
record LogClient(KeepAliveClient client) implements TileReader {

  private static final String PATH = "/api/access-tokens/log/";

  private static final String AUDITOR =
      "Basic "
          + Base64.getEncoder().encodeToString("bob:bob".getBytes(StandardCharsets.ISO_8859_1));

  /**
   * Reads the latest checkpoint.
   *
   * @return the response with any status
   * @throws IOException if there is no response
   */
  KeepAliveClient.Timed checkpoint() throws IOException {
    return client.call("GET", PATH + "checkpoint", AUDITOR, null);
  }

  /** Returns the verifier keys, one in each line. */
  String keys() throws IOException {
    return client.call("GET", PATH + "key", AUDITOR, null).answer().expect(200).text();
  }

  @Override
  public byte[] read(Tile tile) {
    try {
      return client.call("GET", PATH + tile.path(), AUDITOR, null).answer().expect(200).bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
