/** The part of AssemblyScript's compiler that kernels.ts uses: the package's own types declare a global `console` that hides node's. */
interface Result {
  error: Error | null;
  stdout: { toString(): string };
  stderr: { toString(): string };
}

interface Files {
  readFile(name: string, baseDir: string): string | null;
  writeFile(name: string, contents: string | Uint8Array, baseDir: string): void;
  listFiles(folder: string, baseDir: string): string[];
}

declare const asc: { main(args: string[], files: Files): Promise<Result> };
export default asc;
