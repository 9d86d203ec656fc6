/** What a person is told of an error: its message and those of its causes, which alone tell what `fetch failed` means. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  const told = causes.filter((cause) => cause !== undefined).map(messageOf);
  return [error.message || error.name, ...told.filter((each) => !error.message.includes(each))].join(': ');
}
