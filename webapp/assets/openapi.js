/** Reads an OpenAPI 3.1 document as the API reference shows it. */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const ACCESS = /^Needs /;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/**
 * @typedef {Record<string, any>} Schema a schema object of the document
 * @typedef {{name: string, place: string, isRequired: boolean, schema: Schema, text: string}} Value
 *     a parameter, a header or a member of an object
 * @typedef {{status: string, text: string, types: string[], schema: Schema|null, headers: Value[],
 *     isError: boolean}} Reply
 * @typedef {{id: string, method: string, path: string, summary: string, text: string, access:
 *     string, parameters: Value[], body: {types: string[], schema: Schema, isRequired:
 *     boolean}|null, replies: Reply[]}} Operation
 */

/** A document with its references resolved on demand. */
export class ApiDescription {
  /** @param {Record<string, any>} document */
  constructor(document) {
    this.document = document;
    this.title = document.info.title;
    this.version = document.info.version;
    this.summary = document.info.summary ?? '';
    this.text = document.info.description ?? '';
    this.base = document.servers?.[0]?.url ?? '';
  }

  /** Returns the operations by tag, in the order of the document. */
  tags() {
    const all = Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => ({ tags: item[method].tags, made: this.operation(method, path, item[method]) })),
    );
    return this.document.tags
      .map(({ name, description }) => ({ name, text: description ?? '', operations: all.filter(({ tags }) => tags.includes(name)).map(({ made }) => made) }))
      .filter(({ operations }) => operations.length > 0);
  }

  /** Returns the named schemas, in the order of the document. */
  schemas() {
    return Object.entries(this.document.components?.schemas ?? {});
  }

  /** Returns the object that a reference names, or the object itself. Only `#/components/` is known. */
  resolve(object) {
    const [, kind, name] = /^#\/components\/(\w+)\/([\w.-]+)$/.exec(object?.$ref ?? '') ?? [];
    return name ? (this.document.components[kind]?.[name] ?? {}) : object;
  }

  /** @returns {Operation} */
  operation(method, path, found) {
    const paragraphs = (found.description ?? '').split(/\n{2,}/);
    const body = this.resolve(found.requestBody);
    const anyMethod = found['x-any-method'] === true;
    return {
      id: found.operationId,
      method: anyMethod ? `${method} …` : method,
      path,
      summary: found.summary ?? '',
      text: paragraphs.filter((it) => !ACCESS.test(it)).join('\n\n'),
      access: paragraphs.find((it) => ACCESS.test(it)) ?? '',
      parameters: (found.parameters ?? []).map((it) => this.parameter(this.resolve(it))),
      body: body ? { types: Object.keys(body.content), schema: first(body.content), isRequired: body.required === true } : null,
      replies: Object.entries(found.responses).map(([status, it]) => this.reply(status, this.resolve(it))),
    };
  }

  /** @returns {Value} */
  parameter({ name, in: place, required, schema, description }) {
    return { name, place, isRequired: required === true, schema: schema ?? {}, text: description ?? '' };
  }

  /** @returns {Reply} */
  reply(status, { description, content = {}, headers = {} }) {
    return {
      status,
      text: description ?? '',
      types: Object.keys(content),
      schema: Object.keys(content).length > 0 ? first(content) : null,
      headers: Object.entries(headers).map(([name, it]) => this.parameter({ name, in: 'header', ...this.resolve(it) })),
      isError: !/^[23]/.test(status),
    };
  }

  /**
   * Returns the members of an object, or of the objects of an array.
   *
   * @param {Schema} schema
   * @returns {Value[]}
   */
  members(schema) {
    const { properties = {}, required = [] } = this.resolve(schema);
    return Object.entries(properties).map(([name, it]) => ({
      name,
      place: '',
      isRequired: required.includes(name),
      schema: it,
      text: it.description ?? '',
    }));
  }

  /** Returns an example of a request, or null if the document has none. */
  example(schema) {
    return this.resolve(schema).example ?? null;
  }
}

function first(content) {
  const type = Object.keys(content).find((it) => JSON_TYPE.test(it)) ?? Object.keys(content)[0];
  return content[type]?.schema ?? {};
}

/** Returns the name of the schema that a reference names, or an empty text. */
export function schemaName(schema) {
  return /^#\/components\/schemas\/([\w.-]+)$/.exec(schema?.$ref ?? '')?.[1] ?? '';
}

/** Returns what a value has to satisfy besides its type, as short texts. */
export function rules(schema) {
  const { enum: values, default: otherwise, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const range = (low, high, unit) => {
    if (low === undefined && high === undefined) {
      return '';
    }
    return `${low === undefined ? 'at most' : high === undefined ? 'at least' : `${low} to`} ${high ?? low}${unit}`;
  };
  return [
    values && values.join(' | '),
    otherwise !== undefined && `default ${JSON.stringify(otherwise)}`,
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
    pattern,
  ].filter((it) => it);
}
