/** Serves safetensors files: headers at once, statistics of tensors piece by piece. */
import { type ByteSource, bytesInMemory } from '../core/formats/byte-source.ts';
import { describeModel } from '../core/formats/model-description.ts';
import { ModelFileError } from '../core/formats/model-file-error.ts';
import {
  bytesOf,
  headerEnd,
  readSafetensorsHeader,
  type SafetensorsHeader,
  shapeText,
} from '../core/formats/safetensors-header.ts';
import { type TensorStatistics, TensorSummary } from '../core/formats/tensor-statistics.ts';
import { decodeValues } from '../core/formats/tensor-values.ts';
import { t } from '../core/words.ts';
import type {
  FileQuestion,
  ModelFileContents,
  ModelFilesService,
  TensorPlace,
} from '../protocol/model-files-service.ts';
import { type CallContext, CodedError, cancelled } from './channel.ts';

/** Bytes of a piece: a multiple of every dtype's size; between two pieces cancellation comes in. */
const piece = 4 * 2 ** 20;
/** What is listed of a file at most, and how much of a word or text. */
const mostTensors = 10_000;
const mostMetadata = 200;
const longestName = 200;
const longestText = 4000;

export class ModelFiles implements ModelFilesService {
  private readonly open: (path: string) => Promise<ByteSource>;
  /** Files whose bytes were handed over. */
  private readonly held = new Map<string, Uint8Array>();

  constructor(open: (path: string) => Promise<ByteSource>) {
    this.open = open;
  }

  async describeModelFile({ path, bytes }: FileQuestion): Promise<ModelFileContents> {
    if (bytes) this.held.set(path, bytes);
    return this.reading(path, async (source) => {
      const end = headerEnd(await source.read(0, Math.min(8, source.size)), source.size);
      return contents(readSafetensorsHeader(await source.read(0, end), source.size), source.size);
    });
  }

  async tensorStatistics(
    { path, tensor }: { path: string; tensor: TensorPlace },
    { signal, progress }: CallContext<{ fraction: number }>,
  ): Promise<TensorStatistics> {
    return this.reading(path, async (source) => {
      const { dtype, start, end } = tensor;
      if (end > source.size) throw new CodedError('changed', t('The file has changed while it was read.'));
      const summary = new TensorSummary();
      for (let at = start; at < end; at += piece) {
        const bytes = await source.read(at, Math.min(at + piece, end));
        if (signal.aborted) throw cancelled();
        // Aligned for every dtype.
        summary.add(decodeValues(dtype, bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()));
        if (at + piece < end) progress({ fraction: (at + piece - start) / (end - start) });
      }
      return summary.result();
    });
  }

  async forgetModelFile({ path }: { path: string }): Promise<void> {
    this.held.delete(path);
  }

  private async reading<T>(path: string, read: (source: ByteSource) => Promise<T>): Promise<T> {
    const bytes = this.held.get(path);
    const source = bytes ? bytesInMemory(bytes) : await this.open(path);
    try {
      return await read(source);
    } finally {
      await source.close();
    }
  }
}

function contents(header: SafetensorsHeader, size: number): ModelFileContents {
  const { entries, metadata, dataStart } = header;
  const count = ({ dtype, start, end }: TensorPlace): number => (end - start) / bytesOf[dtype];
  const described = attempt(header);
  return {
    size,
    tensors: entries.slice(0, mostTensors).map(({ name, dtype, shape, start, end }) => ({
      name: cut(name, longestName),
      dtype,
      shape: shapeText(shape),
      values: count({ dtype, start, end }),
      start: dataStart + start,
      end: dataStart + end,
    })),
    tensorCount: entries.length,
    values: entries.reduce((sum, entry) => sum + count(entry), 0),
    metadata: [...metadata]
      .slice(0, mostMetadata)
      .map(([key, text]) => ({ key: cut(key, longestName), text: cut(text, longestText), length: text.length })),
    metadataCount: metadata.size,
    ...described,
  };
}

function attempt(header: SafetensorsHeader): Pick<ModelFileContents, 'model' | 'refusal'> {
  if (header.entries.length === 0) return { model: null, refusal: t('The file holds no tensor.') };
  try {
    return { model: describeModel(header), refusal: null };
  } catch (error) {
    if (error instanceof ModelFileError) return { model: null, refusal: cut(error.message, longestText) };
    throw error;
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
