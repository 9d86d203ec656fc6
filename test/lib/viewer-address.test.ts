import { viewerAddress } from '../../lib/api/viewer-address';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';

const SECRET = 'KnownToCloudFrontAndTheApi';
const SOURCE = '198.51.100.7';
const VIEWER = '203.0.113.9';

/** The viewer that a request with these headers has, each as the client wrote it. */
function viewerOf(headers: readonly (readonly [string, string])[], statements = viewerAddress(SECRET)) {
  return renderMappingTemplate(`${statements}$viewer`, {
    body: '{}',
    parameters: {
      path: { 'x-viewer-address': VIEWER, 'x-origin-verify': SECRET },
      querystring: { 'x-viewer-address': VIEWER, 'x-origin-verify': SECRET },
      header: Object.fromEntries(headers.map(([, value], index) => [`header-${index}`, value])),
      headerNames: Object.fromEntries(headers.map(([name], index) => [`header-${index}`, name])),
    },
    context: new Map([['identity', new Map([['sourceIp', SOURCE]])]]),
    stageVariables: {},
  }).trim();
}

test.each([
  ['in small letters', 'x-origin-verify', 'x-viewer-address'],
  ['as HTTP/1.1 likes them', 'X-Origin-Verify', 'X-Viewer-Address'],
  ['in capitals', 'X-ORIGIN-VERIFY', 'X-VIEWER-ADDRESS'],
])('a request with the secret comes from the address that CloudFront tells: names %s', (_, proof, told) => {
  expect(
    viewerOf([
      ['accept', '*/*'],
      [proof, SECRET],
      [told, VIEWER],
    ]),
  ).toBe(VIEWER);
});

test.each<[string, [string, string][]]>([
  ['without the secret', [['x-viewer-address', VIEWER]]],
  [
    'with an empty secret',
    [
      ['x-origin-verify', ''],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with a guessed secret',
    [
      ['x-origin-verify', 'guessed'],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with the secret and more',
    [
      ['x-origin-verify', `${SECRET} `],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with the secret in other letters',
    [
      ['x-origin-verify', SECRET.toLowerCase()],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with the secret beside another value',
    [
      ['x-origin-verify', SECRET],
      ['X-Origin-Verify', 'x'],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with the secret under another name',
    [
      ['origin-verify', SECRET],
      ['x-viewer-address', VIEWER],
    ],
  ],
  [
    'with what could be a template',
    [
      ['x-origin-verify', '$proof'],
      ['x-viewer-address', VIEWER],
    ],
  ],
  ['with the secret alone', [['x-origin-verify', SECRET]]],
  [
    'with the secret and an empty address',
    [
      ['x-origin-verify', SECRET],
      ['x-viewer-address', ''],
    ],
  ],
])('a request %s comes from where it comes from', (_, headers) => {
  expect(viewerOf(headers)).toBe(SOURCE);
});

test('where there is no CloudFront nobody is believed', () => {
  const headers: [string, string][] = [
    ['x-origin-verify', 'undefined'],
    ['x-viewer-address', VIEWER],
  ];

  expect(viewerOf(headers, viewerAddress())).toBe(SOURCE);
});
