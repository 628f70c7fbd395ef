package io.accesstokens.app.wiring;

import java.util.Set;

/** The instances of resources, filters and features in the Jakarta REST application. */
public record ApiComponents(Set<Object> singletons) {}
