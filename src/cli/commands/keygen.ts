import { writeFileSync } from 'node:fs';
import { buildPossession, generateSigner } from '../../core/event/build.js';
import { type Register, terminalOf } from '../command.js';
import { CommandError } from '../output/terminal.js';

export const keygen: Register = (program) => {
  program
    .command('keygen')
    .summary('make a key pair for an actor')
    .description('Writes a new private key (JWK) to FILE, readable by its owner only, and prints the public key.')
    .argument('<file>')
    .option('--actor <id>', 'also print what a registrar needs to register this actor (with --log)')
    .option('--log <origin>', 'the log the actor is to be registered in, such as example.org/tin')
    .option('--es256', 'P-256 instead of Ed25519, for devices whose hardware signs only so', false)
    .addHelpText('before', 'Example: adit keygen coop.jwk\n')
    .action(async (file: string, { es256, actor, log }: KeygenOptions, command) => {
      const terminal = terminalOf(command);
      const { signer, privateJwk } = generateSigner(es256 ? 'ES256' : 'Ed25519');
      try {
        writeFileSync(file, `${JSON.stringify(privateJwk)}\n`, { mode: 0o600, flag: 'wx' });
      } catch {
        throw new CommandError(`${file} cannot be written.`, 'It must not exist yet, in a folder that does.');
      }
      terminal.say(`${terminal.colour.green('✓')} private key in ${file}; keep it to yourself`);
      terminal.say(`public key  ${JSON.stringify(signer.jwk)}`);
      terminal.say(`thumbprint  ${signer.kid}`);
      const registration =
        actor === undefined || log === undefined
          ? null
          : { actor, key: signer.jwk, possession: await buildPossession(log, actor, signer) };
      if (registration !== null) terminal.say(`for the registrar  ${JSON.stringify(registration)}`);
      terminal.result({ file, kid: signer.kid, jwk: signer.jwk, registration });
    });
};

interface KeygenOptions {
  es256: boolean;
  actor?: string;
  log?: string;
}
