package io.accesstokens.app.transparency;

import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.TransparencyLog;

/**
 * The log to which this process appends.
 *
 * @param monitor observes how far the log is behind the audit events
 * @param log reads the log for the API
 */
public record OpenedLog(LogMonitor monitor, TransparencyLog log) {}
