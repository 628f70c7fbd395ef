package io.accesstokens.http;

/** What {@link ApiResponseWriter} writes. */
public interface Answer {}
