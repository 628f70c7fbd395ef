import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;
const BASE62 = /^[0-9A-Za-z]{43}$/;
const BASE64URL = /^[0-9A-Za-z_-]{43}$/;

/**
 * The form of raw service tokens: a prefix, 37 random base62 characters, and the CRC-32 of all of these in six base62
 * characters. Text of another form is refused without a request to the service.
 */
export class TokenFormat {
  /**
   * @param prefix - the prefix of service tokens, such as `bsat_`
   * @param acceptWithoutChecksum - true to accept also tokens that the former Backstage plugin created
   */
  constructor(
    private readonly prefix: string,
    private readonly acceptWithoutChecksum: boolean,
  ) {}

  matches(text: string): boolean {
    if (!text.startsWith(this.prefix)) {
      return false;
    }
    const body = text.slice(this.prefix.length);
    return (
      (BASE62.test(body) && text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH)))) ||
      (this.acceptWithoutChecksum && BASE64URL.test(body))
    );
  }
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = DIGITS[rest % DIGITS.length] + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}
