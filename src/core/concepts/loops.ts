import type { NodeTable } from './regions.ts';

/** Loops of every kind; one without a header (Rust's `loop`, Go's bare `for`) still has a body. */
export const loopNodes: NodeTable = {
  bash: ['for_statement', 'c_style_for_statement', 'while_statement'],
  c: ['for_statement', 'while_statement', 'do_statement'],
  cpp: ['for_statement', 'for_range_loop', 'while_statement', 'do_statement'],
  csharp: ['for_statement', 'foreach_statement', 'while_statement', 'do_statement'],
  go: ['for_statement'],
  java: ['for_statement', 'enhanced_for_statement', 'while_statement', 'do_statement'],
  javascript: ['for_statement', 'for_in_statement', 'while_statement', 'do_statement'],
  php: ['for_statement', 'foreach_statement', 'while_statement', 'do_statement'],
  python: ['for_statement', 'while_statement'],
  ruby: ['for', 'while', 'until'],
  rust: ['for_expression', 'while_expression', 'loop_expression'],
  tsx: ['for_statement', 'for_in_statement', 'while_statement', 'do_statement'],
  typescript: ['for_statement', 'for_in_statement', 'while_statement', 'do_statement'],
};
