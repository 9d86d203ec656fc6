import { viewerAddressOf } from '../../../lambda/shared/viewer-address';

const SECRET = 'the secret';
const told = (headers: Record<string, string> | null, secret: string | undefined = SECRET) =>
  viewerAddressOf({ headers, requestContext: { identity: { sourceIp: '198.51.100.7' } } } as never, secret);

test.each([
  ['without headers', null],
  ['that names an address and has no secret', { 'x-viewer-address': '192.0.2.1' }],
  ['with another secret', { 'x-viewer-address': '192.0.2.1', 'x-origin-verify': 'guessed' }],
  [
    'with two secrets',
    { 'x-viewer-address': '192.0.2.1', 'x-origin-verify': SECRET, 'X-Origin-Verify': 'x' },
  ],
  ['with the secret and no address', { 'x-origin-verify': SECRET }],
])('a request %s is known by where it comes from', (_, headers) => {
  expect(told(headers)).toBe('198.51.100.7');
});

test('CloudFront’s word is believed of a request with the secret, however its headers are written', () => {
  expect(told({ 'X-Viewer-Address': '192.0.2.1', 'X-Origin-Verify': SECRET })).toBe('192.0.2.1');
});

test('where there is no CloudFront, nobody is believed', () => {
  expect(
    viewerAddressOf(
      {
        headers: { 'x-viewer-address': '192.0.2.1', 'x-origin-verify': '' },
        requestContext: { identity: { sourceIp: '198.51.100.7' } },
      } as never,
      undefined,
    ),
  ).toBe('198.51.100.7');
});
