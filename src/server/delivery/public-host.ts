import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const ranges = (...list: string[]) => list.map((range) => ipaddr.parseCIDR(range));

/**
 * Ranges that `ipaddr.js` calls unicast although no public server has such an address, or that embed an IPv4 address.
 */
const HIDDEN = ranges(
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/23',
  '2002::/16',
  '3fff::/20',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  // Azure's metadata and configuration endpoint for its machines.
  '168.63.129.16/32',
);

/** IANA, "IPv6 Global Unicast Address Assignments": every block allocated to a registry. */
const ALLOCATED = ranges(
  ...'2001:200::/23 2001:400::/22 2001:800::/21 2001:1200::/23 2001:1400::/22 2001:1800::/21 2001:2000::/19'.split(' '),
  ...'2001:4000::/21 2001:4800::/22 2001:4c00::/23 2001:5000::/20 2001:8000::/19 2001:a000::/19 2003::/18'.split(' '),
  ...'2400::/11 2600::/12 2610::/23 2620::/23 2630::/12 2800::/12 2a00::/11 2c00::/12'.split(' '),
);

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, list: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean =>
  list.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));

/** Checks whether an address belongs to the public internet. An IPv4 address embedded in IPv6 counts as IPv4. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast' || within(address, HIDDEN)) return false;
  return address.kind() === 'ipv4' || within(address, ALLOCATED);
}

/** Suffixes of names that only a private network resolves: RFC 6761, RFC 8375, and those of clouds and routers. */
const PRIVATE_ENDS =
  'localhost local internal intranet private corp home lan localdomain invalid onion alt home.arpa in-addr.arpa ip6.arpa'.split(
    ' ',
  );

/** Public DNS services whose names resolve to the private address in the name itself, or to loopback. */
const MIRRORS =
  'nip.io sslip.io xip.io backname.io traefik.me ip.addr.tools localtest.me lvh.me lacolhost.com vcap.me localhost.direct local.gd lndo.site fuf.me 1u.ms rbndr.us'.split(
    ' ',
  );

const endsWith = (name: string, end: string): boolean => name === end || name.endsWith(`.${end}`);

/** Returns why a host cannot be a public server, or null. Each delivery also checks the resolved addresses. */
export function privateHost(host: string): string | null {
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'The target is not a public address.';
  const name = host.toLowerCase().replace(/\.+$/, '');
  if (!name.includes('.') || PRIVATE_ENDS.some((end) => endsWith(name, end)))
    return `The name ${name.slice(0, 100)} belongs to a private network; use a name of the public internet, such as hooks.example.org.`;
  if (MIRRORS.some((end) => endsWith(name, end)))
    return `The name ${name.slice(0, 100)} resolves to the address in the name itself; use a name of your own.`;
  return null;
}
