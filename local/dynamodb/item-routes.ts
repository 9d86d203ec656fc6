import { BadRequest, json, type Routes } from '../http/route';
import { type CreatedTable } from './create-table';
import { findItems } from './mentioning-items';

/** Items by what they have, where nobody knows their keys. `tables` may grow. */
export function itemRoutes(endpoint: string, tables: readonly CreatedTable[]): Routes {
  return {
    'GET /local/items': async (_, { query }) => {
      const attribute = query.get('attribute') || undefined;
      const value = query.get('value') || undefined;
      const fields = query.get('fields')?.split(',');
      if (attribute === undefined && value === undefined) {
        throw new BadRequest(
          'attribute or value must say which items: a name, or the whole text of a value.',
        );
      }
      const names = tables.map(({ tableName }) => tableName);
      const items = await findItems(endpoint, names, { attribute, value });
      return json(
        200,
        { items: fields ? items.map(({ table, item }) => ({ table, item: only(fields, item) })) : items },
        0,
      );
    },
  };
}

function only(fields: readonly string[], item: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}
