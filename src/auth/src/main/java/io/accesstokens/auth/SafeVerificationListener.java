package io.accesstokens.auth;

import java.time.Duration;
import java.util.function.Consumer;

/** Ignores the exceptions of a listener, because a failing listener never fails a request. */
public final class SafeVerificationListener implements RemoteListener {

  private final RemoteListener listener;

  public SafeVerificationListener(RemoteListener listener) {
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
      // RemoteListener documents that exceptions are ignored.
    }
  }
}
