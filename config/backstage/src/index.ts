/**
 * Accepts the service tokens of an access-tokens service in Backstage's backend.
 *
 * @packageDocumentation
 */

import { createExternalTokenHandler, externalTokenHandlersServiceRef } from '@backstage/backend-defaults/auth';
import { coreServices, createServiceFactory, type LoggerService } from '@backstage/backend-plugin-api';
import { type Entry, PluginAccess } from './access';
import { type EntryOptions, keyOf, readAllowedPlugins, readOptions, TYPE } from './entries';
import { TokenService } from './service';
import { TokenFormat } from './tokenFormat';
import { Verifier } from './verifier';

/** The verifiers of this process. Entries with the same service and token share one verifier. */
class Verifiers {
  private readonly all = new Map<string, Verifier>();

  constructor(private readonly logger: LoggerService) {}

  of({ url, token }: EntryOptions): Verifier {
    const key = `${url.href} ${token}`;
    let verifier = this.all.get(key);
    if (!verifier) {
      verifier = new Verifier(new TokenService(url, token), this.logger).start();
      this.all.set(key, verifier);
    }
    return verifier;
  }

  close() {
    this.all.forEach(verifier => verifier.close());
  }
}

/**
 * Handles the entries with the type `access-tokens`. Add it to the backend:
 * `backend.add(import('@access-tokens/backstage-auth'))`.
 *
 * @public
 */
const accessTokensHandler = createServiceFactory({
  service: externalTokenHandlersServiceRef,
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.rootLogger,
    lifecycle: coreServices.rootLifecycle,
    plugin: coreServices.pluginMetadata,
  },
  createRootContext({ config, logger, lifecycle }) {
    const verifiers = new Verifiers(logger.child({ service: TYPE }));
    lifecycle.addShutdownHook(() => verifiers.close());
    return { verifiers, allowedPlugins: readAllowedPlugins(config) };
  },
  factory({ plugin }, { verifiers, allowedPlugins }) {
    const access = new PluginAccess(plugin.getId());
    return createExternalTokenHandler<Entry>({
      type: TYPE,
      initialize({ options }) {
        const read = readOptions(options);
        return access.add({
          url: read.url.href,
          scope: read.scope,
          plugins: allowedPlugins.get(keyOf(read))!,
          format: new TokenFormat(read.tokenPrefix, read.acceptWithoutChecksum),
          verifier: verifiers.of(read),
        });
      },
      verifyToken: (token, entry) => access.verify(token, entry),
    });
  },
});

export default accessTokensHandler;
