import { isIP } from 'node:net';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { isMailAddress } from '../../core/api/values.js';

// Formats of the settings of `config.ts` and their parsed values.

/** A log's origin without scheme: a host, then a path, in the characters that a verifier key's name also allows. */
export const ORIGIN = /^[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?(\/[A-Za-z0-9._~-]{1,64}){0,8}$/;
export const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
export const path = z
  .string()
  .min(1)
  .transform((value) => resolve(value));
/** Values separated by commas. */
const list = z
  .string()
  .max(4_096)
  .transform((value) =>
    value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  );
export const paths = list.transform((values) => values.map((one) => resolve(one)));
export const text = z.string().min(1);

export const url = (...schemes: string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    message: `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, { message: `must lie between ${least} and ${most}` });

/** A mail server's URL without a query, which could disable the protection of the password. */
export const mailServer = z.string().refine(
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, search } = new URL(value);
    return ['smtp:', 'smtps:'].includes(protocol) && hostname !== '' && search === '';
  },
  { message: 'must be a URL that begins with smtp:// or smtps://, names a host and has nothing after a ?' },
);

const NAMED_MAIL_ADDRESS = /^[^\p{Cc}<>@,;:"\\()[\]]{1,100} <([^<>]+)>$/u;

/** A mail address with or without a display name. */
export const namedMailAddress = z
  .string()
  .refine((value) => isMailAddress(NAMED_MAIL_ADDRESS.exec(value)?.[1] ?? value), {
    message: 'must be one mail address, such as alerts@example.org or Adit <alerts@example.org>',
  });

/** Addresses and ranges (CIDR), separated by commas. */
export const addresses = list.refine(
  (values) => values.every((one) => ipaddr.isValid(one) || ipaddr.isValidCIDR(one)),
  {
    message: 'must be addresses or ranges such as 10.0.0.7 or 10.0.0.0/24, separated by commas',
  },
);

/** Origins as browsers send them: a scheme and a host, without a path. */
export const origins = list.refine(
  (values) => values.every((one) => URL.canParse(one) && new URL(one).origin === one && /^https?:/.test(one)),
  {
    message: 'must be origins such as https://desk.example.org, separated by commas, without a path',
  },
);

/** Returns the host of a URL without the brackets of IPv6; empty for a text that is no URL. */
export const hostnameOf = (address: string): string =>
  URL.canParse(address) ? new URL(address).hostname.replace(/^\[|\]$/g, '') : '';

/** Whether an address means every address of this machine. */
export const isEveryAddress = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
