import fc from 'fast-check';
import { renderMappingTemplate } from '../../../local/api-gateway/mapping-template';

/** `MAPPING_TEMPLATE_RUNS=100000 npx jest mapping-template.fuzz` looks harder. */
const RUNS = Number(process.env.MAPPING_TEMPLATE_RUNS ?? 3000);

const ESCAPED = `{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\\\'","'")"}`;

const NASTY = [
  '@@', '$foo', '$!{foo.bar()}', '#if(true)', '#end', '#set($a=1)', '## not a comment', '#[[', ']]#', '\\', '\\\\',
  "'", "\\'", '"', '\\"', '</script>', '/', '\u2028', '\u2029', '\u0000', '\u001f', '\u007f', '\ud800', '\udfff',
  '😀', 'é', '\ufeff', '$1', '\\u0041', '\u0003', '__proto__', 'constructor', '\r\n', '\t', '{}', '${', '*#', '',
]; // prettier-ignore

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' })), { maxLength: 6 })
    .map((parts) => parts.join('')),
);

const body = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'large', withCrossShrink: true },
    fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

function render(template: string, payload: string): string {
  const parameters = { path: {}, querystring: {}, header: {} };
  return renderMappingTemplate(template, {
    body: payload,
    parameters,
    context: new Map(),
    stageVariables: {},
  });
}

test(`the escaping template round-trips ${RUNS} arbitrary JSON bodies exactly`, () => {
  fc.assert(
    fc.property(body, fc.boolean(), (value, indented) => {
      const payload = JSON.stringify(value, null, indented ? 2 : 0);

      const outer = JSON.parse(render(ESCAPED, payload)) as { input: string };

      expect(Object.keys(outer)).toEqual(['input']);
      expect(JSON.stringify(JSON.parse(outer.input))).toBe(JSON.stringify(JSON.parse(payload)));
    }),
    { numRuns: RUNS },
  );
});

test("$input.json('$') re-serialises as valid JSON without mangling", () => {
  fc.assert(
    fc.property(body, (value) => {
      const payload = JSON.stringify(value);

      const rendered = render("$input.json('$')", payload);

      expect(rendered).toBe(payload);
    }),
    { numRuns: RUNS },
  );
});

test('without the last step a single quote breaks the JSON: the fuzzing sees what it should', () => {
  const careless = `{"input": "$util.escapeJavaScript($input.json('$'))"}`;

  const act = () => JSON.parse(render(careless, `"it's"`)) as unknown;

  expect(act).toThrow(SyntaxError);
});

test('a hundred and more levels of nesting come back', () => {
  const payload = '['.repeat(900) + '{"a":"it\'s"}' + ']'.repeat(900);

  const outer = JSON.parse(render(ESCAPED, payload)) as { input: string };

  expect(outer.input).toBe(payload);
});
