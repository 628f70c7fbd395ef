/** The API reference: shows the OpenAPI document of this server, which needs no sign-in. */

import { page, signInAddress } from './api.js';
import { codeBlock, forShell } from './code-block.js';
import { el, fill, icon, linkButton, MARK, newId, note } from './dom.js';
import { main, start, title } from './frame.js';
import { ApiDescription, rules, schemaName } from './openapi.js';
import { currentSession } from './session.js';
import { texts } from './texts.js';

/** @typedef {import('./openapi.js').Operation} Operation */
/** @typedef {import('./openapi.js').Value} Value */
/** @typedef {import('./openapi.js').Schema} Schema */

const DOCUMENT = page('api/openapi.json');

open();

/** Shows the page with the header of the user who is signed in, if there is one. */
async function open() {
  const session = await currentSession().catch(() => null);
  if (session?.signedIn) {
    start({ tab: 'api', name: texts.apiReference, may: () => true, show });
    return;
  }
  title(texts.apiReference);
  fill(
    document.querySelector('.top > .wrap'),
    el('a', { class: 'brand', href: page('') }, el('img', { src: MARK, alt: '', width: 24, height: 24 }), texts.product),
    el('div', { class: 'tools' }, el('a', { class: 'small', href: signInAddress() }, texts.signIn)),
  );
  await show();
}

async function show() {
  const heading = el('h1', { tabindex: '-1' }, texts.apiReference);
  const content = el('div', { class: 'stack-large' }, el('p', { class: 'quiet' }, texts.loading));
  fill(main(), el('div', { class: 'head' }, heading, linkButton([icon('download'), 'openapi.json'], DOCUMENT)), content);
  try {
    const response = await fetch(DOCUMENT, { headers: { Accept: 'application/json' } });
    if (!response.ok) {
      throw new Error(texts.statusOnly(response.status));
    }
    render(new ApiDescription(await response.json()), content);
  } catch (e) {
    fill(
      content,
      note({ tone: 'bad', sign: 'alert', role: 'alert' }, texts.referenceFailed, el('p', null, e.message || texts.unreachable)),
    );
    return;
  }
  toFragment();
  window.addEventListener('hashchange', toFragment);
}

/** Goes to the part that the address names: it did not exist when the page was loaded. */
function toFragment() {
  const id = location.hash.slice(1);
  const part = id && document.getElementById(id);
  if (part) {
    const search = /** @type {HTMLInputElement} */ (main().querySelector('[type="search"]'));
    if (part.closest('[hidden]')) {
      search.value = '';
      search.dispatchEvent(new Event('input'));
    }
    part.scrollIntoView();
    /** @type {HTMLElement|null} */ (part.querySelector(':is(h2, h3)'))?.focus({ preventScroll: true });
  }
}

/**
 * @param {ApiDescription} api
 * @param {Element} content
 */
function render(api, content) {
  const tags = api.tags();
  const parts = tags.map((tag) => {
    const operations = tag.operations.map((it) => ({ element: operation(api, it), words: wordsOf(api, it), link: linkTo(it.id, it.summary, it.method) }));
    const id = `tag-${tag.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
    const section = el('section', { class: 'stack', id, 'aria-labelledby': `${id}-title` }, el('div', { class: 'stack-tight' }, el('h2', { id: `${id}-title`, tabindex: '-1' }, tag.name), prose(tag.text)), operations.map((it) => it.element));
    return { section, group: navGroup(tag.name, operations), operations };
  });
  const schemas = api.schemas().map(([name, schema]) => ({
    element: schemaBlock(api, name, schema),
    words: [name, schema.description ?? '', ...api.members(schema).map((it) => it.name)].join(' ').toLowerCase(),
    link: linkTo(`schema-${name}`, name),
  }));
  parts.push({
    section: el('section', { class: 'stack', id: 'schemas', 'aria-labelledby': 'schemas-title' }, el('h2', { id: 'schemas-title', tabindex: '-1' }, texts.schemas), schemas.map((it) => it.element)),
    group: navGroup(texts.schemas, schemas),
    operations: schemas,
  });
  const search = el('input', { type: 'search', 'aria-label': texts.searchReference, placeholder: texts.searchReference, autocomplete: 'off', spellcheck: 'false' });
  const count = el('p', { class: 'quiet small', role: 'status' });
  const nothing = el('p', { class: 'quiet', hidden: true }, texts.noReferenceMatch);
  const overview = el(
    'section',
    { class: 'panel', 'aria-label': texts.aboutApi },
    el(
      'div',
      { class: 'panel-body stack' },
      el('p', null, api.summary, '. ', texts.apiVersion(api.version), ' ', texts.apiBase, ' ', el('code', { class: 'any' }, api.base), '.'),
      prose(api.text),
    ),
  );

  search.addEventListener('input', () => {
    find();
    if (content.getBoundingClientRect().top < 0) {
      content.scrollIntoView(); // the matches begin there
    }
  });
  fill(
    content,
    el(
      'div',
      { class: 'reference' },
      el('div', { class: 'reference-side stack' }, el('div', { class: 'pick' }, icon('search'), search), count, el('nav', { class: 'stack', 'aria-label': texts.operations }, parts.map((it) => it.group))),
      el('div', { class: 'stack-large' }, overview, nothing, parts.map((it) => it.section)),
    ),
  );
  find();

  function find() {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word);
    let shown = 0;
    for (const { section, group, operations } of parts) {
      let any = false;
      for (const it of operations) {
        const matches = words.every((word) => it.words.includes(word));
        it.element.hidden = !matches;
        it.link.hidden = !matches;
        any ||= matches;
        shown += matches ? 1 : 0;
      }
      section.hidden = !any;
      group.hidden = !any;
    }
    overview.hidden = words.length > 0;
    nothing.hidden = shown > 0;
    count.textContent = words.length > 0 ? texts.referenceMatches(shown) : '';
  }
}

function navGroup(name, entries) {
  const id = newId('group');
  return el('div', null, el('p', { class: 'label', id }, name), el('ul', { 'aria-labelledby': id }, entries.map((it) => it.link)));
}

function linkTo(id, text, method = '') {
  return el('li', null, el('a', { href: `#${id}` }, method && [verb(method), ' '], text));
}

/** @param {ApiDescription} api @param {Operation} it */
function wordsOf(api, it) {
  const members = it.body ? api.members(it.body.schema) : [];
  return [it.method, it.path, it.id, it.summary, it.text, it.access, ...[...it.parameters, ...members].map((value) => value.name)].join(' ').toLowerCase();
}

function verb(method) {
  return el('span', { class: `verb verb-${method.split(' ')[0]}` }, method.toUpperCase());
}

/** @param {ApiDescription} api @param {Operation} it */
function operation(api, it) {
  const errors = it.replies.filter((reply) => reply.isError);
  return el(
    'article',
    { class: 'panel', id: it.id, 'aria-labelledby': `${it.id}-title` },
    el(
      'div',
      { class: 'panel-body stack-tight' },
      el(
        'div',
        { class: 'row' },
        el('h3', { id: `${it.id}-title`, tabindex: '-1' }, it.summary),
        el('a', { class: 'anchor', href: `#${it.id}`, 'aria-label': texts.linkTo(it.summary) }, icon('link')),
      ),
      el('p', { class: 'path' }, verb(it.method), ' ', el('code', { class: 'any' }, it.path)),
      it.access && el('p', { class: 'row-tight quiet small' }, icon('key'), el('span', null, inline(it.access))),
      prose(it.text),
    ),
    it.parameters.length > 0 && part(texts.parameters, values(api, it.parameters)),
    it.body && part(texts.requestBody, bodyOf(api, it)),
    part(texts.responses, replies(api, it.replies.filter((reply) => !reply.isError)), errors.length > 0 && errorReplies(api, errors)),
  );
}

/**
 * Shows how many error responses there are, and creates the list of them when it is opened: these
 * lists are a third of the page.
 *
 * @param {ApiDescription} api
 * @param {import('./openapi.js').Reply[]} errors
 */
function errorReplies(api, errors) {
  const list = el('div');
  return el(
    'details',
    { class: 'more-options', on: { toggle: () => list.hasChildNodes() || fill(list, replies(api, errors)) } },
    el('summary', null, icon('right'), texts.errorResponses(errors.length)),
    list,
  );
}

function part(heading, ...content) {
  return el('div', { class: 'panel-body stack' }, el('h4', null, heading), content);
}

/** @param {ApiDescription} api @param {Operation} it */
function bodyOf(api, it) {
  const { types, schema, isRequired } = it.body;
  const example = api.example(schema);
  const json = types[0].includes('json');
  return [
    el('p', { class: 'small' }, el('code', null, types.join(', ')), ' · ', typeOf(api, schema), isRequired ? '' : ` · ${texts.optionalBody}`),
    prose(api.resolve(schema).description ?? ''),
    values(api, api.members(schema)),
    example && codeBlock({ title: texts.exampleOf(it.summary), label: ` ${texts.exampleOf(it.summary)}`, text: json ? JSON.stringify(example, null, 2) : formOf(example) }),
  ];
}

/** Returns an example of a form as a program sends it, with readable values. */
function formOf(example) {
  return Object.entries(example).map(([name, value]) => `${name}=${forShell(String(value))}`).join('&\n');
}

/** @param {ApiDescription} api @param {import('./openapi.js').Reply[]} list */
function replies(api, list) {
  return el(
    'ul',
    { class: 'values' },
    list.map((reply) =>
      el(
        'li',
        null,
        el('p', null, el('strong', null, reply.status), ' ', el('span', { class: 'quiet small' }, reply.schema ? typeOf(api, reply.schema) : texts.withoutBody)),
        el(
          'div',
          { class: 'stack-tight' },
          prose(reply.text),
          reply.headers.map((header) => el('p', { class: 'small quiet' }, el('code', null, header.name), ': ', header.text)),
        ),
      ),
    ),
  );
}

/** @param {ApiDescription} api @param {Value[]} list */
function values(api, list) {
  return list.length > 0 && el('ul', { class: 'values' }, list.map((value) => valueLine(api, value)));
}

/** @param {ApiDescription} api @param {Value} value */
function valueLine(api, { name, place, isRequired, schema, text }) {
  const resolved = api.resolve(schema);
  const more = [...rules(resolved), resolved.example !== undefined && texts.forExample(JSON.stringify(resolved.example))].filter((it) => it);
  return el(
    'li',
    null,
    el(
      'p',
      null,
      el('code', { class: 'any' }, name),
      ' ',
      el('span', { class: 'quiet small' }, [place && texts.places[place], typeOf(api, schema)].filter((it) => it).flatMap((it, at) => (at > 0 ? [' · ', it] : [it])), isRequired && [' · ', el('strong', null, texts.requiredValue)]),
    ),
    el('div', { class: 'stack-tight' }, text && prose(text), more.map((rule) => el('p', { class: 'small quiet any' }, rule))),
  );
}

/**
 * Describes a type. The name of a schema is a link to it.
 *
 * @param {ApiDescription} api
 * @param {Schema} schema
 * @returns {Node|string|(Node|string)[]}
 */
function typeOf(api, schema) {
  const name = schemaName(schema);
  if (name) {
    return el('a', { href: `#schema-${name}` }, name);
  }
  if (schema.anyOf) {
    return schema.anyOf.flatMap((it, at) => [at > 0 ? ' | ' : '', typeOf(api, it)].flat());
  }
  const types = [schema.type ?? 'any'].flat();
  return types.flatMap((type, at) => {
    const before = at > 0 ? ' | ' : '';
    if (type === 'array') {
      return [before, texts.arrayOf, typeOf(api, schema.items ?? {})].flat();
    }
    return [before, type === 'null' || !schema.format ? type : `${type} (${schema.format})`];
  });
}

/** @param {ApiDescription} api */
function schemaBlock(api, name, schema) {
  const id = `schema-${name}`;
  return el(
    'article',
    { class: 'panel', id, 'aria-labelledby': `${id}-title` },
    el('div', { class: 'panel-body stack' }, el('h3', { id: `${id}-title`, tabindex: '-1' }, name), prose(schema.description ?? ''), values(api, api.members(schema))),
  );
}

/** Shows text with paragraphs, lists and code, the only parts of Markdown that the document has. */
function prose(text) {
  return text
    .split(/\n{2,}/)
    .filter((block) => block.trim())
    .map((block) => (/^\s*- /.test(block) ? listOf(block) : blockWithList(block)));
}

/** A list can follow a paragraph without an empty line. */
function blockWithList(block) {
  const at = block.search(/\n- /);
  return at < 0 ? el('p', null, inline(block)) : [el('p', null, inline(block.slice(0, at))), listOf(block.slice(at + 1))];
}

function listOf(block) {
  return el('ul', { class: 'bullets' }, block.split(/^\s*- /m).filter((item) => item.trim()).map((item) => el('li', null, inline(item))));
}

function inline(text) {
  return text.trim().replace(/\s+/g, ' ').split('`').map((part, at) => (at % 2 === 1 ? el('code', { class: 'any' }, part) : part));
}

