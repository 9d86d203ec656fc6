/** No durable function. */
export async function handler(event: { readonly fail?: boolean }): Promise<object> {
  if (event.fail) throw new RangeError('out of range');
  return { plain: true, got: event };
}
