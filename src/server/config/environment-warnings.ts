/** Variables of the tests, the build and the command line. */
const OF_OTHERS = new Set([
  'ADIT_BUILD_DIR',
  'ADIT_FAULTS',
  'ADIT_TEST_SERVER',
  'ADIT_SERVER',
  'ADIT_KEY',
  'ADIT_AS',
  'ADIT_TOKEN',
  'ADIT_OUTBOX',
  'ADIT_OUTBOX_DAYS',
]);

/** Returns warnings about misspelt settings, which would silently have their defaults. */
export function environmentWarnings(
  env: Readonly<Record<string, string | undefined>>,
  keys: readonly { name: string; formerly?: string }[],
): string[] {
  const known = new Set(keys.map(({ name }) => name));
  const former = new Map(keys.flatMap(({ name, formerly }) => (formerly === undefined ? [] : [[formerly, name]])));
  return Object.keys(env)
    .filter((name) => name.startsWith('ADIT_') && !known.has(name) && !OF_OTHERS.has(name) && env[name] !== '')
    .toSorted()
    .map((name) => {
      const present = former.get(name);
      return present === undefined ? `${name} is no setting of Adit` : `${name} is called ${present} now`;
    });
}
