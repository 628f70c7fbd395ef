package io.accesstokens.pages;

import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The dialog that creates a service token, on the list of tokens. */
final class ServiceTokenDialog {

  private final Browser browser;

  ServiceTokenDialog(Browser browser) {
    this.browser = browser;
  }

  WebElement open() {
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.find(By.cssSelector("dialog input[value='catalog:read']"));
    return dialog;
  }

  /** Fills in the dialog, for the group "platform". */
  void fill(String name) {
    WebElement dialog = browser.dialog("Create service token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.type(browser.find(dialog, "textbox", "Description"), "Tests the dialog");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
  }

  /** Submits the dialog. */
  void send() {
    browser.click(browser.dialog("Create service token"), "button", "Create token");
  }

  /** Opens the dialog, fills it in and submits it. */
  void create(String name) {
    open();
    fill(name);
    send();
  }
}
