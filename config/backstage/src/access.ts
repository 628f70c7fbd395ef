import { NotAllowedError } from '@backstage/errors';
import type { TokenFormat } from './tokenFormat';
import type { Verifier } from './verifier';

/** An entry in `backend.auth.externalAccess`. */
export interface Entry {
  /** The address of the service. */
  readonly url: string;
  readonly scope: string;
  readonly plugins: ReadonlySet<string>;
  readonly format: Pick<TokenFormat, 'matches'>;
  readonly verifier: Pick<Verifier, 'verify'>;
}

/** The access of tokens to one plugin. */
export class PluginAccess {
  private readonly entries: Entry[] = [];

  constructor(private readonly pluginId: string) {}

  add(entry: Entry): Entry {
    this.entries.push(entry);
    return entry;
  }

  /**
   * Verifies a token for one entry. Backstage calls this for each entry in their order, until one accepts the token.
   *
   * @returns the subject; undefined if this entry does not accept the token
   * @throws NotAllowedError if the token is active, and neither this entry nor a later one can accept it
   */
  async verify(token: string, entry: Entry): Promise<{ subject: string } | undefined> {
    const facts = entry.format.matches(token) ? await entry.verifier.verify(token) : undefined;
    if (!facts) {
      return undefined;
    }
    if (facts.scopes.has(entry.scope) && entry.plugins.has(this.pluginId)) {
      return { subject: facts.subject };
    }
    // Entries of another service, or for tokens of another form, cannot accept this token.
    const last = this.entries.filter(({ url, format }) => url === entry.url && format.matches(token)).at(-1);
    if (entry !== last) {
      return undefined;
    }
    throw new NotAllowedError(`This token has no scope for the plugin '${this.pluginId}'`);
  }
}
