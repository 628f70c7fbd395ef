package io.accesstokens.auth;

import java.time.Duration;
import java.util.function.Consumer;

/** Passes over what a listener throws: metrics decide about no request. */
final class SafeVerificationListener implements RemoteListener {

  private final RemoteListener listener;

  SafeVerificationListener(RemoteListener listener) {
    this.listener = listener;
  }

  @Override
  public void checked() {
    tell(RemoteListener::checked);
  }

  @Override
  public void introspected(Duration took, boolean answered) {
    tell(it -> it.introspected(took, answered));
  }

  @Override
  public void polled(Duration took, Duration lease) {
    tell(it -> it.polled(took, lease));
  }

  @Override
  public void pollFailed(Duration took) {
    tell(it -> it.pollFailed(took));
  }

  private void tell(Consumer<RemoteListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      // Promised by the interface.
    }
  }
}
