import { AwsError } from '../aws/aws-error';
import { UnsupportedLocally } from '../aws/aws-service';

/** The prefix of an object, by the time of its oldest record in milliseconds. */
export type ObjectPrefix = (at: number) => string;

const DEFAULT_TIME = '!{timestamp:yyyy/MM/dd/HH}/';

/**
 * A prefix with expressions ("Understand custom prefixes for Amazon S3 objects", Firehose developer guide, read November 2026). One
 * without the time gets it behind, by the hour.
 *
 * @throws UnsupportedLocally for an expression other than of the time, and for letters of a format beyond years to seconds
 */
export function objectPrefix(prefix: string, timeZone: string): ObjectPrefix {
  const whole = /!\{timestamp:/.test(prefix) ? prefix : prefix + DEFAULT_TIME;
  const unknown = /!\{(?!timestamp:)[^}]*\}/.exec(whole);
  if (unknown) throw new UnsupportedLocally(`The expression ${unknown[0]} of a prefix`);
  const render = (at: number) =>
    whole.replace(/!\{timestamp:([^}]*)\}/g, (_, format: string) => formatted(format, at, timeZone));
  render(0);
  return render;
}

/** A prefix with expressions needs one for errors, too: as the page says. @throws AwsError InvalidArgumentException */
export function checkErrorPrefix(prefix: string, errorPrefix: string | undefined): void {
  if (!prefix.includes('!{') || errorPrefix) return;
  throw new AwsError(
    'InvalidArgumentException',
    'ErrorOutputPrefix cannot be null or empty if Prefix contains expressions',
  );
}

/** Java's `DateTimeFormatter`, as far as keys have it: years to seconds, and text in apostrophes. */
function formatted(format: string, at: number, timeZone: string): string {
  const parts = timeParts(at, timeZone);
  return format.replace(
    /'([^']*)'|([A-Za-z]+)/g,
    (_, text: string | undefined, letters: string | undefined) => {
      if (text !== undefined) return text || "'";
      const value = parts[letters!];
      if (value === undefined) throw new UnsupportedLocally(`The letters ${letters} of a time in a prefix`);
      return value;
    },
  );
}

/** By the letters of the format. */
export function timeParts(at: number, timeZone: string): Readonly<Record<string, string>> {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)!.value;
  return {
    ...{ yyyy: part('year'), YYYY: part('year'), MM: part('month'), dd: part('day') },
    ...{ HH: part('hour'), mm: part('minute'), ss: part('second') },
  };
}
