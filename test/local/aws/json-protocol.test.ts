import { type AwsRequest, UnsupportedLocally } from '../../../local/aws/aws-service';
import { jsonProtocol, taking } from '../../../local/aws/json-protocol';

const handle = jsonProtocol({ signingName: 'printing', targetPrefix: 'PrintingService' }, '1.1', {
  Print: taking(
    ['text', 'copies'],
    async ({ text = '', copies = 1 }: { text?: string; copies?: number }) => ({
      pages: Array<string>(copies).fill(text),
    }),
  ),
});

const request = (target: string | undefined, body: string): AwsRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: { ...(target !== undefined && { 'x-amz-target': target }) },
  body: Buffer.from(body),
});

test('the target names the operation, and an object comes back in the version that the service speaks', async () => {
  const answer = await handle(request('PrintingService.Print', '{"text":"é","copies":2}'));

  expect(answer).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: '{"pages":["é","é"]}',
  });
});

test.each([
  ['PrintingService.Staple', 'printing:Staple is not supported'],
  ['PrintingService.constructor', 'printing:constructor is not supported'],
  ['CopyingService.Print', 'printing:CopyingService.Print is not supported'],
  ['PrintingServiceXPrint', 'printing:PrintingServiceXPrint is not supported'],
  [undefined, 'printing: is not supported'],
])('an operation that is not listed (%s) is refused by its name', async (target, message) => {
  const answer = handle(request(target, '{}'));

  await expect(answer).rejects.toThrow(UnsupportedLocally);
  await expect(answer).rejects.toThrow(message);
});

test('a member that the operation does not read is refused, not ignored', async () => {
  const answer = handle(request('PrintingService.Print', '{"text":"x","colour":true}'));

  await expect(answer).rejects.toThrow(UnsupportedLocally);
  await expect(answer).rejects.toThrow('printing:Print with colour');
});

test.each(['', '{', '[]', 'null', '1', '"text"'])(
  'a body that is no object (%s) is refused',
  async (body) => {
    const answer = handle(request('PrintingService.Print', body));

    await expect(answer).rejects.toMatchObject({ code: 'SerializationException', statusCode: 400 });
  },
);
