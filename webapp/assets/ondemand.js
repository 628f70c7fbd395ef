/** Loads the modules of dialogs when they are first needed, so that a page shows its content sooner. */

import { texts } from './texts.js';
import { toast } from './toasts.js';

/**
 * Creates a function that loads a module and uses it. A call while the module is loading is ignored,
 * because it comes from a second click. If the module cannot be loaded, a message says so.
 *
 * @param {function(): Promise<*>} load
 * @param {function(*, ...*): *} use receives the module, and the arguments of the call
 * @returns {function(...*): Promise<*>}
 */
export function onDemand(load, use) {
  let isLoading = false;
  return async (...args) => {
    if (isLoading) {
      return undefined;
    }
    isLoading = true;
    let module;
    try {
      module = await load();
    } catch {
      toast({ kind: 'bad', title: texts.pageFailed, text: texts.partNotLoaded });
      return undefined;
    } finally {
      isLoading = false;
    }
    return use(module, ...args);
  };
}
