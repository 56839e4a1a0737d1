import { type Command, InvalidArgumentError, Option } from 'commander';
import { mineral, roleSchema } from '../../../core/event/primitives.js';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import type { Register } from '../../command.js';
import { someOf } from '../../input/did-you-mean.js';
import { massArgument } from '../../input/masses.js';
import { readJsonObject } from '../../input/read-file.js';
import { CommandError } from '../../output/terminal.js';
import { type SigningOptions, withSigning } from '../../signing/options.js';
import { recordWords, said } from '../../signing/shorthand.js';

interface ActorOptions extends SigningOptions {
  role: string[];
  country: string;
  legalName?: string;
}

interface SiteOptions extends SigningOptions {
  operator: string;
  country: string;
  mineral: string[];
  at?: string[];
}

interface FacilityOptions extends SigningOptions {
  kind: string;
  country: string;
  operator?: string;
  at?: string[];
  capacity?: Quantity;
}

/** Parses `LATITUDE,LONGITUDE`, as maps show it, to a GeoJSON point, longitude first. */
function pointArgument(text: string): string[] {
  const [, latitude, longitude] = /^(-?[0-9]+(?:\.[0-9]+)?) ?, ?(-?[0-9]+(?:\.[0-9]+)?)$/.exec(text.trim()) ?? [];
  if (latitude !== undefined && longitude !== undefined) return [longitude, latitude];
  throw new InvalidArgumentError('Write latitude and longitude in degrees, such as "-1.9536,30.0606".');
}

const COUNTRY = 'two letters, such as RW';

export const register: Register = (group) => {
  group
    .description('Signs entries of the registry, with the key of a registrar.')
    .addHelpText(
      'before',
      'Example: adit register site hill --operator coop --country RW --mineral cassiterite --key registrar.jwk\n',
    );
  actor(group);
  site(group);
  facility(group);
};

function actor(group: Command): void {
  withSigning(
    group
      .command('actor')
      .summary('register an actor with its first key')
      .description('Signs actor.registered. FILE is what "adit keygen --actor --log" wrote on the device of the actor.')
      .argument('<file>', 'NAME.registration.json: actor, public key, possession')
      .requiredOption(
        '--role <role>',
        `what it is (repeat): ${roleSchema.options.slice(2).join(', ')}`,
        someOf(roleSchema.options),
      )
      .requiredOption('--country <code>', COUNTRY)
      .option('--legal-name <name>', 'its name in the trade register'),
  )
    .addHelpText(
      'before',
      'Example: adit register actor coop.registration.json --role miner --country RW --key registrar.jwk\n',
    )
    .action((file: string, options: ActorOptions, command: Command) => {
      const holds = 'It should be NAME.registration.json, as "adit keygen FILE --actor ID --log ORIGIN" writes it.';
      const { actor: id, key, possession, d } = readJsonObject(file, holds);
      if (d !== undefined)
        throw new CommandError(`${file} is a private key: it never leaves the device of the actor.`, holds);
      if (id === undefined || key === undefined || possession === undefined)
        throw new CommandError(`${file} lacks actor, key or possession.`, holds);
      const { role: roles, country, legalName } = options;
      const body = { actor: id, roles, country, key, possession, ...said({ legalName }) };
      return recordWords(command, options, {
        type: 'actor.registered',
        words: [body],
        compose: () => Promise.resolve(body),
      });
    });
}

function site(group: Command): void {
  withSigning(
    group
      .command('site')
      .summary('register a mine site')
      .description(
        'Signs site.registered. Licence, capacity and outline: "adit new site.registered", then adit record.',
      )
      .argument('<site>', 'id of the site, such as hill')
      .requiredOption('--operator <actor>', 'who works it')
      .requiredOption('--country <code>', COUNTRY)
      .requiredOption(
        '--mineral <mineral>',
        `what is mined there (repeat): ${mineral.options.join(', ')}`,
        someOf(mineral.options),
      )
      .option('--at <lat,lon>', 'where it is, such as "-1.9536,30.0606"', pointArgument),
  )
    .addHelpText(
      'before',
      'Example: adit register site hill --operator coop --country RW --mineral cassiterite --key registrar.jwk\n',
    )
    .action((id: string, options: SiteOptions, command: Command) => {
      const { operator, country, mineral: minerals, at } = options;
      const body = { site: id, country, operator, minerals, ...said({ point: at }) };
      return recordWords(command, options, {
        type: 'site.registered',
        words: [id],
        compose: () => Promise.resolve(body),
      });
    });
}

function facility(group: Command): void {
  withSigning(
    group
      .command('facility')
      .summary('register a warehouse, plant or port')
      .description('Signs facility.registered: a place on the way that is no mine.')
      .argument('<facility>', 'id of the facility, such as depot')
      .requiredOption('--kind <kind>', 'such as warehouse, plant, port')
      .requiredOption('--country <code>', COUNTRY)
      .option('--operator <actor>', 'who runs it')
      .option('--at <lat,lon>', 'where it is, such as "-1.9536,30.0606"', pointArgument)
      .addOption(new Option('--capacity <mass>', 'what it can take a month, such as "20 t"').argParser(massArgument)),
  )
    .addHelpText(
      'before',
      'Example: adit register facility depot --kind warehouse --country RW --operator trader --key registrar.jwk\n',
    )
    .action((id: string, options: FacilityOptions, command: Command) => {
      const { kind, country, operator, at, capacity } = options;
      const body = { facility: id, kind, country, ...said({ operator, point: at, capacityPerMonth: capacity }) };
      return recordWords(command, options, {
        type: 'facility.registered',
        words: [id],
        compose: () => Promise.resolve(body),
      });
    });
}
