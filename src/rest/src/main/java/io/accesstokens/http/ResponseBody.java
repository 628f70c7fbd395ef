package io.accesstokens.http;

/** A response body that {@link ApiResponseWriter} writes. */
public interface ResponseBody {}
