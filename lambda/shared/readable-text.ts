import * as z from 'zod/mini';
import { wholeCharacters } from './validation';

/**
 * A text that people read: a name, a venue, a section. Blanks around it are taken off. It has nothing that cannot be seen
 * and yet does something: a line break writes lines into a mail, an override of the direction reverses a name, two
 * texts that differ in invisible characters look the same.
 */
export function readableText(maxLength: number) {
  return z.string().check(
    z.trim(),
    z.minLength(1),
    z.maxLength(maxLength),
    wholeCharacters,
    z.refine((text) => !hasInvisible(text), 'has a character that nobody can see'),
    z.refine(hasVisible, 'has nothing to read'),
    z.refine((text) => !isFlooded(text), 'has too many marks on one letter'),
  );
}

// Each expression is made by the first text that needs it: what Unicode says of a property takes milliseconds to collect, and most
// functions that load this module read no text.

/** Letters, digits, punctuation or symbols: not marks and blanks alone. */
function hasVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}

/** Four marks are usual in pointed Hebrew, as many in a Tibetan stack; no script needs seven. */
function isFlooded(text: string): boolean {
  return /[\p{Mn}\p{Me}]{7}/u.test(text.normalize('NFD'));
}

/**
 * Controls, formats, line and paragraph separators; what Unicode says to draw as nothing (`Default_Ignorable_Code_Point`:
 * fillers, variation selectors, tags); letters of private use; the blank Braille cell and the replacement characters.
 */
function hasInvisible(text: string): boolean {
  const invisible =
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\uFFFD]/u;
  return invisible.test(text) && invisible.test(text.replace(neededInvisible(), ''));
}

/** Scripts in which joiners and non-joiners make other letters. */
const JOINING = [
  'Arab',
  'Syrc',
  'Mand',
  'Nkoo',
  'Mong',
  'Deva',
  'Beng',
  'Guru',
  'Gujr',
  'Orya',
  'Taml',
  'Telu',
]
  .concat('Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr', 'Tibt', 'Bali', 'Java', 'Newa', 'Tirh')
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');

/** What would be invisible elsewhere, and is needed here. */
function neededInvisible(): RegExp {
  return (needed ??= new RegExp(
    [
      // Emoji made of others, emoji in colour or as text, keycaps, and the flags of England, Scotland and Wales.
      '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=\\p{Extended_Pictographic})',
      '(?<=\\p{Extended_Pictographic})[\\uFE0E\\uFE0F]',
      '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
      '(?<=\\u{1F3F4})[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{3,6}\\u{E007F}',
      // Persian, the scripts of India, Sinhala and their kin.
      `(?<=[${JOINING}])(?:\\u200D|\\u200C(?=[${JOINING}]))`,
      // Forms of ideographs and of letters.
      '(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
      '(?<=[\\p{Script=Myanmar}\\p{Script=Phags_Pa}])\\uFE00',
      '(?<=[\\u1820-\\u18AA])[\\u180B-\\u180F]',
      // Signs that are seen around the digits after them.
      '[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2]',
    ].join('|'),
    'gu',
  ));
}
let needed: RegExp | undefined;
