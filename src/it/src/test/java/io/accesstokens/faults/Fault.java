package io.accesstokens.faults;

/** A kind of fault. Reports contain the text of the kind. */
interface Fault {

  @Override
  String toString();
}
