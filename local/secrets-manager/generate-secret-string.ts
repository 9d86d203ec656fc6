import { randomInt } from 'node:crypto';
import { UnsupportedLocally } from '../aws/aws-service';

/** `GenerateSecretString` of a secret, as far as it is read here. */
export interface GenerateSecretString {
  /** @default 32 */
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly IncludeSpace?: boolean;
}

const KINDS: readonly (readonly [exclude: keyof GenerateSecretString, characters: string])[] = [
  ['ExcludeLowercase', 'abcdefghijklmnopqrstuvwxyz'],
  ['ExcludeUppercase', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['ExcludeNumbers', '0123456789'],
  ['ExcludePunctuation', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
];

const READ = [
  ...KINDS.map(([exclude]) => exclude as string),
  'ExcludeCharacters',
  'IncludeSpace',
  'PasswordLength',
];

/**
 * A random secret as CloudFormation has Secrets Manager make it: with a character of each kind that is included.
 *
 * @throws UnsupportedLocally naming a property that is not read: a template that wraps the secret, for example
 */
export function generateSecretString(properties: GenerateSecretString): string {
  const unknown = Object.keys(properties).find((name) => !READ.includes(name));
  if (unknown) throw new UnsupportedLocally(`The property GenerateSecretString.${unknown}`);
  const { ExcludeCharacters = '', IncludeSpace = false, PasswordLength = 32 } = properties;
  const kinds = KINDS.filter(([exclude]) => !properties[exclude])
    .map(([, characters]) => characters)
    .concat(IncludeSpace ? [' '] : [])
    .map((characters) => Array.from(characters).filter((each) => !ExcludeCharacters.includes(each)))
    .filter((characters) => characters.length > 0);
  if (kinds.length === 0 || PasswordLength < kinds.length) {
    throw new Error(`A secret of ${PasswordLength} characters cannot have one of each kind`);
  }

  const all = kinds.flat();
  // Drawn again until each kind is there, which keeps every allowed secret equally likely.
  for (;;) {
    const drawn = Array.from({ length: PasswordLength }, () => all[randomInt(all.length)]!);
    if (kinds.every((kind) => drawn.some((character) => kind.includes(character)))) return drawn.join('');
  }
}
