package io.accesstokens.faults;

/** A kind of fault. Its text is used in reports. */
interface Fault {

  @Override
  String toString();
}
