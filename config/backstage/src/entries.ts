import type { Config } from '@backstage/config';

export const TYPE = 'access-tokens';
const EXTERNAL_ACCESS = 'backend.auth.externalAccess';
const PREFIX = /^[a-z][a-z0-9]{0,6}_$/;
/** RFC 6749, section 3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The options of an entry in `backend.auth.externalAccess` with the type `access-tokens`. */
export interface EntryOptions {
  readonly url: URL;
  /** The raw token with which Backstage introspects other tokens. */
  readonly token: string;
  readonly scope: string;
  readonly tokenPrefix: string;
  readonly acceptWithoutChecksum: boolean;
}

export function readOptions(options: Config): EntryOptions {
  return {
    url: readUrl(options.getString('url'), options.getOptionalBoolean('allowPlainHttp') ?? false),
    token: readToken(options.getString('token')),
    scope: readScope(options.getString('scope')),
    tokenPrefix: readPrefix(options.getOptionalString('tokenPrefix') ?? 'bsat_'),
    acceptWithoutChecksum: options.getOptionalBoolean('acceptWithoutChecksum') ?? false,
  };
}

/** Returns the key of an entry. No two entries have the same service and scope. */
export function keyOf({ url, scope }: EntryOptions): string {
  return `${scope} ${url.href}`;
}

/**
 * Returns the plugins that each entry allows, by the key of the entry. Backstage does not pass the access restrictions
 * of an entry to its handler, so they are read here.
 *
 * @throws Error if an entry has no access restrictions: its tokens would have all rights in all plugins
 */
export function readAllowedPlugins(root: Config): Map<string, ReadonlySet<string>> {
  const allowed = new Map<string, ReadonlySet<string>>();
  (root.getOptionalConfigArray(EXTERNAL_ACCESS) ?? []).forEach((entry, i) => {
    if (entry.getString('type') !== TYPE) {
      return;
    }
    const where = `${EXTERNAL_ACCESS}[${i}]`;
    const key = keyOf(readOptions(entry.getConfig('options')));
    if (allowed.has(key)) {
      throw new Error(`${where} has the url and scope of another entry: use one entry with all accessRestrictions`);
    }
    const plugins = (entry.getOptionalConfigArray('accessRestrictions') ?? []).map(each => each.getString('plugin'));
    if (plugins.length === 0) {
      throw new Error(`${where} needs accessRestrictions: without them, its tokens could do everything in all plugins`);
    }
    allowed.set(key, new Set(plugins));
  });
  return allowed;
}

function readUrl(text: string, allowPlainHttp: boolean): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('url', 'the form https://host[:port][/path]');
  }
  if (!['https:', 'http:'].includes(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw invalid('url', 'the form https://host[:port][/path]');
  }
  if (url.protocol === 'http:' && !allowPlainHttp && !LOOPBACK.includes(url.hostname)) {
    throw invalid('url', 'https, because tokens would be sent in plain text; allowPlainHttp: true permits it');
  }
  return url;
}

function readToken(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw invalid('token', 'printable characters without spaces');
  }
  return token;
}

function readScope(scope: string): string {
  if (!SCOPE.test(scope)) {
    throw invalid('scope', 'exactly one scope');
  }
  return scope;
}

function readPrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) {
    throw invalid('tokenPrefix', 'a lower-case letter, up to six letters or digits, and an underscore');
  }
  return prefix;
}

/** Never contains the value, which can be a secret in the wrong place. */
function invalid(option: string, rule: string): Error {
  return new Error(`the option ${option} of an entry with the type ${TYPE} in ${EXTERNAL_ACCESS} needs ${rule}`);
}
