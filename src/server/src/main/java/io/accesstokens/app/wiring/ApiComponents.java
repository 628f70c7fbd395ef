package io.accesstokens.app.wiring;

import java.util.Set;

/**
 * The resources, filters and features of the Jakarta REST application. There is one instance of
 * each.
 */
public record ApiComponents(Set<Object> singletons) {}
