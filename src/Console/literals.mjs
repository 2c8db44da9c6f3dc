// Finds text in TSX that is not from messages/, and so is the same in every language.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

// What is read or read aloud. Other attributes are for the browser.
const spoken = /^(title|alt|placeholder|label|aria-(label|description|valuetext|roledescription))$/;
// The same in all languages.
const names = /https:|UTC/g;
const letter = /\p{L}/u;

/** The texts, each as `file:line: text`. */
export function literals(folder) {
  return readdirSync(folder, { recursive: true })
    .filter(file => /[.]tsx$/.test(file) && !/^node_modules/.test(file))
    .flatMap(file => literalsIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** The texts of one file. */
export function literalsIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const add = (node, written) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (letter.test(written.replace(names, ''))) found.push(`${file}:${line + 1}: ${written.trim()}`);
  };
  // What a value can come out as, by all ways through it.
  const judge = node => {
    if (!node) return;
    if (ts.isStringLiteralLike(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      [node.head, ...node.templateSpans.map(span => span.literal)].forEach(part => add(part, part.text));
    } else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(judge);
    else if (ts.isBinaryExpression(node)) judge(node.right);
    else if (ts.isParenthesizedExpression(node)) judge(node.expression);
  };
  const walk = node => {
    if (ts.isJsxText(node)) add(node, node.text);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) judge(node.expression);
    else if (ts.isJsxAttribute(node) && spoken.test(node.name.getText())) {
      judge(node.initializer && ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}
