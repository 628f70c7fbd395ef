package io.accesstokens.verify.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class FailureReasonTest {

  @Test
  void reasonHasTheMessageOfTheRootCause() {
    Exception handshake =
        caused(
            new SSLHandshakeException("PKIX path validation failed"),
            caused(
                new IOException("validity check failed"), new CertificateExpiredException("end")));
    assertEquals(
        "SSLHandshakeException: CertificateExpiredException: end", FailureReason.of(handshake));
    assertEquals(
        "SSLHandshakeException: PKIX path validation failed", FailureReason.ofOne(handshake));
  }

  @Test
  void reasonHasTheMessageOfTheFailureIfTheRootCauseHasNone() {
    Exception connect =
        caused(new ConnectException("Connection refused"), new UnresolvedAddressException());
    assertEquals(
        "ConnectException: Connection refused, UnresolvedAddressException",
        FailureReason.of(connect));
  }

  @Test
  void failureWithoutACauseIsNamedOnce() {
    assertEquals("HttpTimeoutException: late", FailureReason.of(new HttpTimeoutException("late")));
    assertEquals("ConnectException", FailureReason.of(new ConnectException()));
  }

  @Test
  void messageThatCanQuoteTheResponseIsOmitted() {
    Exception protocol = new ProtocolException("Invalid status line: \"secret\"");
    assertEquals("ProtocolException", FailureReason.of(protocol));
    assertEquals(
        "IOException, ProtocolException", FailureReason.of(new IOException("secret", protocol)));
  }

  @Test
  void statusOfAProxyThatOpensNoTunnelIsNamed() {
    assertEquals(
        "IOException: Tunnel failed, got: 403",
        FailureReason.of(new IOException("Tunnel failed, got: 403")));
  }

  @Test
  void controlCharactersAreReplaced() {
    assertEquals(
        "ConnectException: a??b?c?", FailureReason.of(new ConnectException("a\r\nb\u0085c\u2028")));
  }

  private static Exception caused(Exception failure, Exception cause) {
    failure.initCause(cause);
    return failure;
  }
}
