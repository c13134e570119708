// Reads bicep files (paths as arguments, or one per line on standard input) and prints one JSON line per file:
// syntax errors, and what it declares. Text is the text of the file, so that tests can look into expressions.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Parser from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Parser.Language.load(fileURLToPath(import.meta.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'))));

const paths = process.argv.length > 2 ? process.argv.slice(2) : readFileSync(0, 'utf8').split('\n').filter((line) => line.trim() !== '');
for (const path of paths) console.log(JSON.stringify({ file: path, ...read(readFileSync(path, 'utf8')) }));

function read(text) {
  const root = parser.parse(text).rootNode;
  const facts = { errors: [], targetScope: null, parameters: [], variables: [], resources: [], modules: [], outputs: [] };
  collectErrors(root, facts.errors);
  let decorators = '';
  for (const node of root.namedChildren) {
    const name = node.namedChildren[0]?.text;
    switch (node.type) {
      case 'decorators':
        decorators = node.text;
        continue;
      case 'target_scope_assignment':
        facts.targetScope = unquote(name);
        break;
      case 'parameter_declaration':
        facts.parameters.push({ name, type: node.namedChildren[1].text, required: isRequired(node), secure: decorators.includes('@secure()') });
        break;
      case 'variable_declaration':
        facts.variables.push({ name, ...value(node.namedChildren[1]) });
        break;
      case 'resource_declaration':
        facts.resources.push({ name, type: unquote(node.namedChildren[1].text), existing: /^\s*existing\b/.test(node.text.slice(node.namedChildren[1].endIndex - node.startIndex)), ...value(node) });
        break;
      case 'module_declaration':
        facts.modules.push({ name, path: unquote(node.namedChildren[1].text), arguments: moduleArguments(node) });
        break;
      case 'output_declaration':
        facts.outputs.push({ name, text: node.namedChildren.slice(2).map((child) => child.text).join(' ') });
        break;
    }
    decorators = '';
  }
  return facts;
}

function collectErrors(node, errors) {
  if (node.isError || node.isMissing) {
    errors.push({ line: node.startPosition.row + 1, column: node.startPosition.column + 1, text: node.text.split('\n')[0].slice(0, 80) });
    return;
  }
  if (node.hasError) for (const child of node.children) collectErrors(child, errors);
}

// A default value follows the type; a nullable type needs none.
function isRequired(parameter) {
  return parameter.namedChildren.length < 3 && !parameter.namedChildren[1].text.endsWith('?');
}

// The text of an expression, the names it uses, and every string and every `key: value` in it, at any depth.
function value(node) {
  const keys = [];
  const strings = [];
  const uses = new Set();
  const walk = (at) => {
    if (at.type === 'object_property') keys.push({ name: unquote(at.namedChildren[0].text), text: at.namedChildren.slice(1).map((child) => child.text).join(' ') });
    if (at.type === 'identifier' && !(at.parent.type === 'object_property' && at.parent.namedChildren[0].equals(at))) uses.add(at.text);
    if (at.type === 'string') strings.push(unquote(at.text));
    at.namedChildren.forEach(walk);
  };
  walk(node);
  return { text: node.text, keys, strings, uses: [...uses] };
}

function moduleArguments(node) {
  const body = find(node, 'object');
  const parameters = body?.namedChildren.find((child) => child.type === 'object_property' && child.namedChildren[0].text === 'params')?.namedChildren[1];
  return (parameters?.namedChildren ?? [])
    .filter((child) => child.type === 'object_property')
    .map((child) => ({ name: unquote(child.namedChildren[0].text), text: child.namedChildren.slice(1).map((part) => part.text).join(' ') }));
}

function find(node, type) {
  for (const child of node.namedChildren) {
    const found = child.type === type ? child : find(child, type);
    if (found) return found;
  }
  return null;
}

function unquote(text) {
  return text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : text;
}
