package io.accesstokens.transparency.stream;

/**
 * A system that receives the entries of a log.
 *
 * @param name the unique name, under which the store keeps the index of the next entry to send
 * @param fromBeginning true to send all entries; false to send only the entries that are appended
 *     after the first start with this target
 */
public record StreamTarget(String name, boolean fromBeginning, StreamSender sender) {}
