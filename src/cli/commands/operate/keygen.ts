import { writeFileSync } from 'node:fs';
import { buildPossession, generateSigner } from '../../../core/event/build.js';
import { registryId } from '../../../core/event/primitives.js';
import { hasCode } from '../../../platform/system-error.js';
import { type Register, terminalOf } from '../../command.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import { logName } from '../../signing/options.js';

export const keygen: Register = (named) => {
  named
    .description(
      'Writes a new private key (JWK) to FILE, readable by its owner only, and prints the public key. With --actor and --log it also writes NAME.registration.json: what a registrar needs, and nothing secret.',
    )
    .argument('<file>', 'such as coop.jwk; must not exist yet')
    .option('--actor <id>', 'whose key it is; noted in the file, so that --as can be left out')
    .option('--log <origin>', 'the log that the actor is registered in, such as example.org/tin', logName)
    .option('--es256', 'P-256 instead of Ed25519, for devices whose hardware signs only so', false)
    .addHelpText('before', 'Example: adit keygen coop.jwk --actor coop --log localhost/adit\n')
    .action(async (file: string, { es256, actor, log }: KeygenOptions, command) => {
      const terminal = terminalOf(command);
      if (actor !== undefined && !registryId.safeParse(actor).success)
        throw new CommandError(
          `"${actor}" is no id of an actor.`,
          'Write up to 64 letters, digits and . _ : - without spaces.',
          EXIT.usage,
        );
      const { signer, privateJwk } = generateSigner(es256 ? 'ES256' : 'Ed25519');
      const adit = { ...(actor === undefined ? {} : { actor }), ...(log === undefined ? {} : { log }) };
      create(file, `${JSON.stringify({ ...privateJwk, adit })}\n`, 0o600);
      const { green } = terminal.colour;
      terminal.say(`${green('✓')} private key in ${file}; keep it to yourself, and keep a copy`);
      terminal.say(`public key  ${JSON.stringify(signer.jwk)}`);
      terminal.say(`thumbprint  ${signer.kid}`);
      const registration =
        actor === undefined || log === undefined
          ? null
          : { actor, key: signer.jwk, possession: await buildPossession(log, actor, signer) };
      const registrationFile = registration === null ? null : `${file.replace(/\.(jwk|json)$/, '')}.registration.json`;
      if (registrationFile !== null) {
        create(registrationFile, `${JSON.stringify(registration)}\n`, 0o644);
        terminal.say(`${green('✓')} for the registrar in ${registrationFile}`);
        terminal.say(`Next, the registrar: adit register actor ${registrationFile} --role ROLE --country CC`);
      } else if (actor !== undefined)
        terminal.say('To be registered, a proof of possession is needed: add --log ORIGIN with another file.');
      terminal.result({ file, kid: signer.kid, jwk: signer.jwk, registration, registrationFile });
    });
};

interface KeygenOptions {
  es256: boolean;
  actor?: string;
  log?: string;
}

function create(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST'))
      throw new CommandError(
        `${file} is there already: it must not exist yet.`,
        'Choose another name; a key is never written over.',
      );
    throw new CommandError(
      `${file} cannot be written: ${(error as Error).message}`,
      'Name a file in a folder that exists.',
    );
  }
}
