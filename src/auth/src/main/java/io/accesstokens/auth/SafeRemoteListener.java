package io.accesstokens.auth;

import java.time.Duration;
import java.util.function.Consumer;

/** Passes events to another listener, and ignores the exceptions of that listener. */
public final class SafeRemoteListener implements RemoteListener {

  private final RemoteListener listener;

  public SafeRemoteListener(RemoteListener listener) {
    this.listener = listener;
  }

  @Override
  public void verificationStarted() {
    report(RemoteListener::verificationStarted);
  }

  @Override
  public void introspected(Duration took, boolean answered) {
    report(target -> target.introspected(took, answered));
  }

  @Override
  public void polled(Duration took, Duration lease) {
    report(target -> target.polled(took, lease));
  }

  @Override
  public void pollFailed(Duration took) {
    report(target -> target.pollFailed(took));
  }

  private void report(Consumer<RemoteListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      // RemoteListener documents that exceptions are ignored.
    }
  }
}
