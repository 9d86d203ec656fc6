/** Quoted words, addresses in angle brackets and comments may hold a comma, which parts the addresses of a field elsewhere. */
const LISTED = /(?:"(?:\\.|[^"\\])*"|<[^>]*>|\([^)]*\)|[^,])+/g;

/** The addresses that the header of a MIME message names in these fields: `To`, `Cc`, `Bcc`, `From`. */
export function addressesIn(mime: string, ...fields: readonly string[]): string[] {
  return (
    headerFields(mime)
      .filter(({ name }) => fields.some((field) => field.toLowerCase() === name))
      .flatMap(({ value }) => value.match(LISTED) ?? [])
      // A group is its members: `Team: ann@example.com, bob@example.com;`.
      .map((address) => address.replace(/^[^"<@:]*:|;\s*$/g, '').trim())
      .filter((address) => address !== '')
  );
}

/** Folded lines are one (RFC 5322, section 2.2.3). */
function headerFields(mime: string): { name: string; value: string }[] {
  const [header = ''] = mime.split(/\r?\n\r?\n/, 1);
  return header
    .replace(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .map((line) => /^([^:\s]+)[ \t]*:(.*)$/.exec(line))
    .filter((field) => field !== null)
    .map(([, name = '', value = '']) => ({ name: name.toLowerCase(), value }));
}
