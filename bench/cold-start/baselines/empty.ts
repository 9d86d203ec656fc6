/** The least a function can be: what Node.js itself costs. */
export async function handler(): Promise<null> {
  return null;
}
