/** Every built-in concept. Written by scripts/concepts.ts from the files of text/ and syntax/. */
import type { Concept } from './concept.ts';
import { callArguments } from './syntax/arguments.ts';
import { blockDepth } from './syntax/block-depth.ts';
import { braceDistance } from './syntax/brace-distance.ts';
import { bracketDepth } from './syntax/bracket-depth.ts';
import { comment } from './syntax/comment.ts';
import { declaredName } from './syntax/declared-name.ts';
import { docComment } from './syntax/doc-comment.ts';
import { doubleQuoted } from './syntax/double-quoted.ts';
import { elseBody } from './syntax/else-body.ts';
import { functionBody } from './syntax/function-body.ts';
import { functionHeader } from './syntax/function-header.ts';
import { ifBody } from './syntax/if-body.ts';
import { ifCondition } from './syntax/if-condition.ts';
import { importStatement } from './syntax/import.ts';
import { insideBrace } from './syntax/inside-brace.ts';
import { insideParen } from './syntax/inside-paren.ts';
import { insideSquare } from './syntax/inside-square.ts';
import { keyword } from './syntax/keyword.ts';
import { loopBody } from './syntax/loop-body.ts';
import { loopHeader } from './syntax/loop-header.ts';
import { number } from './syntax/number.ts';
import { parameters } from './syntax/parameters.ts';
import { parenDistance } from './syntax/paren-distance.ts';
import { returnStatement } from './syntax/return-statement.ts';
import { singleQuoted } from './syntax/single-quoted.ts';
import { squareDistance } from './syntax/square-distance.ts';
import { string } from './syntax/string.ts';
import { template } from './syntax/template.ts';
import { typeAnnotation } from './syntax/type-annotation.ts';
import { typeName } from './syntax/type-name.ts';
import { blankLine } from './text/blank-line.ts';
import { capitalRun } from './text/capital-run.ts';
import { indentWidth } from './text/indent-width.ts';
import { indentation } from './text/indentation.ts';
import { insideWord } from './text/inside-word.ts';
import { lineStart } from './text/line-start.ts';
import { nextNewline } from './text/next-newline.ts';
import { positionInLine } from './text/position-in-line.ts';
import { url } from './text/url.ts';

export const concepts: readonly Concept[] = [
  blankLine,
  capitalRun,
  indentWidth,
  indentation,
  insideWord,
  lineStart,
  nextNewline,
  positionInLine,
  url,
  callArguments,
  blockDepth,
  braceDistance,
  bracketDepth,
  comment,
  declaredName,
  docComment,
  doubleQuoted,
  elseBody,
  functionBody,
  functionHeader,
  ifBody,
  ifCondition,
  importStatement,
  insideBrace,
  insideParen,
  insideSquare,
  keyword,
  loopBody,
  loopHeader,
  number,
  parameters,
  parenDistance,
  returnStatement,
  singleQuoted,
  squareDistance,
  string,
  template,
  typeAnnotation,
  typeName,
];
