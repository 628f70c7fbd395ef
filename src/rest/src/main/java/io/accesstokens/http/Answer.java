package io.accesstokens.http;

/** What {@link AnswerWriter} writes. */
public interface Answer {}
