/**
 * PyTorch's processes. The peer is PyTorch as it is installed, at its best of 1 and 2 threads. OpenBLAS may not know a new processor and
 * take an older one's kernels: a second process that is told to use its AVX-512 kernels shows what tuning would give.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Case } from './case.ts';

export interface Setting {
  process: PeerProcess;
  threads: number;
}

/** The system's own: python3-torch is Debian's. */
const python = '/usr/bin/python3';

class PeerProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  constructor(name: string, environment: Record<string, string>) {
    this.name = name;
    // With a thread pool of its own beside PyTorch's, OpenBLAS makes it 2–20 times slower.
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', ...environment };
    this.child = spawn(python, [path.join(import.meta.dirname, 'peer.py')], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async read(): Promise<Record<string, unknown>> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`The peer's process (${this.name}) ended.`);
    return JSON.parse(value) as Record<string, unknown>;
  }

  ask(request: unknown): Promise<Record<string, unknown>> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.read();
  }

  stop(): void {
    this.child.stdin!.end();
  }
}

export class Peer {
  readonly description: string;
  private readonly processes: PeerProcess[];

  private constructor(description: string, processes: PeerProcess[]) {
    this.description = description;
    this.processes = processes;
  }

  /** Null, with the reason printed, where PyTorch is not installed. */
  static async start(): Promise<Peer | null> {
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    } catch {
      console.log(
        'SKIPPED: no comparison, as PyTorch is not installed for /usr/bin/python3 (Debian: apt install python3-torch libopenblas0).',
      );
      return null;
    }
    const processes = [
      new PeerProcess('as installed', {}),
      new PeerProcess('tuned', { OPENBLAS_CORETYPE: 'SkylakeX' }),
    ];
    const [hello] = await Promise.all(processes.map((each) => each.read()));
    const blas = blasLibrary();
    if (!/openblas|mkl/.test(blas))
      console.log(
        `WARNING: PyTorch runs on ${blas}, many times slower than OpenBLAS (Debian: apt install libopenblas0).`,
      );
    return new Peer(`PyTorch ${String(hello!.version)} CPU (Debian build, ${path.basename(blas)})`, processes);
  }

  /** Opens a case and finds the best number of threads for it: as installed, and tuned. */
  open({ cell, layers, hidden, batch, time, vocabulary }: Case, seconds: number): Promise<Setting[]> {
    return this.processes.reduce<Promise<Setting[]>>(async (before, process) => {
      const settings = await before;
      await process.ask({ open: { cell, layers, hidden, batch, time, vocabulary } });
      const one = await this.rate({ process, threads: 1 }, seconds);
      const two = await this.rate({ process, threads: 2 }, seconds);
      return [...settings, { process, threads: two > one ? 2 : 1 }];
    }, Promise.resolve([]));
  }

  async rate({ process, threads }: Setting, seconds: number): Promise<number> {
    return Number((await process.ask({ time: seconds, threads })).rate);
  }

  stop(): void {
    for (const process of this.processes) process.stop();
  }
}

/** What the linker gives PyTorch for BLAS. */
function blasLibrary(): string {
  const script =
    'import torch\nfor line in open("/proc/self/maps"):\n  if "blas" in line.split("/")[-1]: print(line.split()[-1]); break';
  try {
    return realpathSync(execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim());
  } catch {
    return 'an unknown BLAS';
  }
}
