package io.accesstokens.app.transparency;

import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.TransparencyLog;

/**
 * The log to which this process appends.
 *
 * @param origin the name of the log
 * @param keys the keys that sign its checkpoints
 * @param monitor observes how far the log is behind the audit events
 * @param log reads the log for the API
 */
public record OpenedLog(String origin, LogKeys keys, LogMonitor monitor, TransparencyLog log) {}
