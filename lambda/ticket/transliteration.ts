/**
 * Letters for which a Western European font has no glyph, in Latin as passports write them: ICAO Doc 9303 for Latin and
 * Cyrillic letters, ISO 843 for Greek, one letter at a time. Lower case; `transliterate` keeps the case.
 */
const LATIN: Readonly<Record<string, string>> = {
  // Latin letters whose mark Unicode does not take off.
  ...{ đ: 'd', ħ: 'h', ı: 'i', ĸ: 'k', ł: 'l', ŋ: 'n', ŧ: 't', ə: 'e', ɛ: 'e', ɔ: 'o' },

  ...{ а: 'a', б: 'b', в: 'v', г: 'g', ґ: 'g', д: 'd', ђ: 'd', ѓ: 'g', е: 'e', ё: 'e', є: 'ie', ж: 'zh' },
  ...{ з: 'z', ѕ: 'dz', и: 'i', і: 'i', ї: 'i', й: 'i', ј: 'j', к: 'k', ќ: 'k', л: 'l', љ: 'lj', м: 'm' },
  ...{ н: 'n', њ: 'nj', о: 'o', п: 'p', р: 'r', с: 's', т: 't', ћ: 'c', у: 'u', ў: 'u', ф: 'f', х: 'kh' },
  ...{ ц: 'ts', ч: 'ch', џ: 'dz', ш: 'sh', щ: 'shch', ъ: 'ie', ы: 'y', ь: '', э: 'e', ю: 'iu', я: 'ia' },

  ...{ α: 'a', β: 'v', γ: 'g', δ: 'd', ε: 'e', ζ: 'z', η: 'i', θ: 'th', ι: 'i', κ: 'k', λ: 'l', μ: 'm' },
  ...{ ν: 'n', ξ: 'x', ο: 'o', π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', χ: 'ch', ψ: 'ps' },
  ...{ ω: 'o' },
};

/**
 * The letter in Latin: by the table, or by its base letter when only its marks are foreign. Undefined when there is no
 * such reading: ideographs and most scripts have none that holds letter by letter.
 */
export function transliterate(letter: string): string | undefined {
  const base = letter.normalize('NFKD').replace(/\p{M}/gu, '');
  const latin = latinOf(letter) ?? latinOf(base);
  return latin ?? (base !== letter && base !== '' ? base : undefined);
}

function latinOf(letter: string): string | undefined {
  const lower = letter.toLowerCase();
  const latin = LATIN[lower];
  if (latin === undefined || lower === letter) return latin;
  return latin.charAt(0).toUpperCase() + latin.slice(1);
}
