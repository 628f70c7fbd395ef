package io.accesstokens.http;

/** What {@link AnswerWriter} writes. */
interface Answer {}
