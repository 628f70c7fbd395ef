package io.accesstokens.transparency.stream;

/**
 * A system that receives the entries of a log.
 *
 * @param name the unique name, which identifies the stored index of the target
 * @param fromBeginning true to send all entries; false to send only the entries that are appended
 *     after the first start with this target
 */
public record StreamTarget(String name, boolean fromBeginning, StreamSender sender) {}
