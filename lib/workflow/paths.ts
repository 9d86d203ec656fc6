declare const there: unique symbol;

/** A place in a workflow's state as JSONPath, with the type of what is there. `String(path)` is its text. */
export interface Path<Value> {
  readonly [there]: Value;
  toString(): string;
}

/** A place and everything below it: `$.reservation.amount`. A field that the state does not have does not compile. */
export type Paths<Value> = Path<Value> &
  (NonNullable<Value> extends string | number | boolean | readonly unknown[]
    ? unknown
    : { readonly [Field in keyof NonNullable<Value>]-?: Paths<NonNullable<Value>[Field]> });

/** The places of a state of this type. */
export function paths<State>(root = '$'): Paths<State> {
  return new Proxy(
    {},
    {
      get: (_, field) => (field === Symbol.toPrimitive ? () => root : paths(`${root}.${String(field)}`)),
    },
  ) as Paths<State>;
}

/** What a state makes of others: each field from a place with a value of its type, or a text as it is. */
export type Filled<Shape> = {
  readonly [Field in keyof Shape]: Path<Shape[Field]> | (Shape[Field] extends string ? Shape[Field] : never);
};

/** The same as ASL has it: `{"amount.$": "$.reservation.amount", "status": "CONFIRMED"}`. */
export function filled<Shape>(fields: Filled<Shape>): Record<string, string> {
  return Object.fromEntries(
    Object.entries<unknown>(fields).map(([field, value]) =>
      typeof value === 'string' ? [field, value] : [`${field}.$`, String(value)],
    ),
  );
}
