package io.accesstokens.it.library;

/** Tests the example on Spring Boot 4. */
class SpringBoot4IT extends SpringBootContract {

  @Override
  String version() {
    return "4.0.7";
  }
}
