import { type Bundle, buildBundles } from '../../bench/bundles';
import { misplacedIn } from '../../bench/cold-start/cold-start';

let bundles: readonly Bundle[];
beforeAll(async () => {
  bundles = [...(await buildBundles()).values()];
});

test('the PDF library is where tickets are made, Stripe where payments are made and undone', () => {
  expect(Object.fromEntries(bundles.map((bundle) => [bundle.name, misplacedIn(bundle)]))).toEqual(
    Object.fromEntries(bundles.map(({ name }) => [name, []])),
  );
});

test('no bundle brings a way to get credentials but the environment', () => {
  const providers = bundles.flatMap(({ packages }) =>
    packages.map(({ name }) => name).filter((name) => /credential-provider|nested-clients/.test(name)),
  );

  expect(new Set(providers)).toEqual(new Set(['@aws-sdk/credential-provider-env']));
});

test('no bundle brings what pdf-lib has for browsers, colours by name, SVG and XML', () => {
  const names = bundles.flatMap(({ packages }) => packages.map(({ name }) => name));

  expect(names).toContain('@cantoo/pdf-lib');
  for (const left of ['fflate', 'culori', 'html-entities', 'node-html-better-parser']) {
    expect(names).not.toContain(left);
  }
});
