import { resolve, type EventsDocument, type Schema } from './events-document.js';

interface SchemaFieldsProps {
  document: EventsDocument;
  schema: Schema;
  title: string;
}

/** The fields of a payload as a table, those of inner objects below their own. */
export function SchemaFields({ document, schema, title }: SchemaFieldsProps) {
  const rows = rowsOf(document, schema);
  if (rows.length === 0) return null;
  return (
    <table aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">Type</th>
          <th scope="col">About</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, type, about, isOptional }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path}</code>
              {isOptional ? <small> optional</small> : null}
            </th>
            <td>{type}</td>
            <td>{about}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly about: string;
  readonly isOptional: boolean;
}

function rowsOf(document: EventsDocument, schema: Schema, before = ''): Row[] {
  const { properties = {}, required = [] } = resolve(document, schema);
  return Object.entries(properties).flatMap(([name, given]) => {
    const field = resolve(document, given);
    const path = before + name;
    const item = field.items === undefined ? undefined : resolve(document, field.items);
    const row = {
      path,
      type: typeOf(document, field),
      about: field.description ?? '',
      isOptional: !required.includes(name),
    };
    return [row, ...rowsOf(document, field, `${path}.`), ...(item ? rowsOf(document, item, `${path}[].`) : [])];
  });
}

function typeOf(document: EventsDocument, given: Schema): string {
  const schema = resolve(document, given);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return choices.map((choice) => typeOf(document, choice)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  // Long lists are told in the description.
  if (schema.enum !== undefined && schema.enum.length <= 4)
    return schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(document, schema.items)}`;
  return [schema.type ?? 'anything'].flat().join(' or ') + (schema.format === undefined ? '' : ` (${schema.format})`);
}
